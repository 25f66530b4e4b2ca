import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseAnswersFile } from "../../src/answers/answers-file.ts";
import { readEnvironment } from "../../src/answers/environment.ts";
import { parseFlags } from "../../src/answers/flags.ts";
import { environmentNameOf, questionKeys, questions } from "../../src/answers/questions.ts";
import { repeatCommand, repeatFlags, shellWord } from "../../src/answers/repeat-command.ts";
import { resolve } from "../../src/answers/resolve.ts";
import { answersJsonSchema, answersSchema } from "../../src/answers/schema.ts";

const inputs = { packageManager: "npm", currentDirectoryName: "work" } as const;

/** One valid value of each question: as typed, as in a config file, and what both mean. */
const samples: Readonly<Record<string, readonly [text: string, json: unknown, value: unknown]>> = {
  directory: ["a b/c", "a b/c", "a b/c"],
  name: ["my-app", "my-app", "my-app"],
  target: ["fly-1x", "fly-1x", "fly-1x"],
  cpus: ["0.5", 0.5, 0.5],
  memory: ["1.5GiB", "1.5GiB", 1_610_612_736],
  arch: ["arm64", "arm64", "arm64"],
  runtime: ["deno", "deno", "deno"],
  workload: ["mixed", "mixed", "mixed"],
  exposure: ["direct", "direct", "direct"],
  objective: ["memory", "memory", "memory"],
  connections: ["20000", 20_000, 20_000],
  allocator: ["mimalloc", "mimalloc", "mimalloc"],
  tls: ["files", "files", "files"],
  tlsProfile: ["modern", "modern", "modern"],
  port: ["8443", 8443, 8443],
  features: ["request-log", ["request-log"], ["request-log"]],
  deploy: ["systemd,docker", ["systemd", "docker"], ["docker", "systemd"]],
  packageManager: ["pnpm", "pnpm", "pnpm"],
};

describe("questions", () => {
  it("has a sample for every key in this test", () => {
    assert.deepEqual(Object.keys(samples).sort(), [...questionKeys].sort());
  });

  it("asks five questions before the summary", () => {
    const basic = questionKeys.filter((key) => questions[key].group === "basic");
    assert.deepEqual(basic, ["directory", "target", "runtime", "workload", "exposure"]);
  });

  it("gives every question a flag of its own", () => {
    assert.equal(new Set(questionKeys.map((key) => questions[key].flag)).size, questionKeys.length);
  });

  for (const key of questionKeys) {
    const question = questions[key];
    const [text, json, value] = samples[key] ?? [];
    const valueIn = (given: ReturnType<typeof parseFlags>["given"]): unknown => {
      const resolution = resolve(given, inputs);
      assert.deepEqual(resolution.problems, []);
      return key === "directory" ? resolution.directory.value : resolution.answers[key].value;
    };

    it(`${key} has flag, variable, key, prompt and help`, async () => {
      assert.match(question.flag, /^[a-z]+(-[a-z]+)*$/);
      assert.match(question.prompt, /^[A-Z].+\?$/);
      assert.match(question.help, /^[A-Z].+\.$/);
      assert.deepEqual(valueIn(parseFlags([`--${question.flag}`, String(text)]).given), value);
      const variable = environmentNameOf(question.flag);
      assert.deepEqual(valueIn(readEnvironment({ [variable]: String(text) }).given), value);
      const file = await parseAnswersFile(JSON.stringify({ [key]: json }), "a.json");
      assert.deepEqual(valueIn(file.given), value);
    });

    it(`schema accepts what resolve() accepts for ${key}`, () => {
      assert.equal(answersSchema().safeParse({ [key]: json }).success, true);
    });

    it(`schema refuses what resolve() refuses for ${key}`, async () => {
      for (const wrong of [true, {}, ""]) {
        const file = await parseAnswersFile(JSON.stringify({ [key]: wrong }), "a.json");
        assert.equal(resolve(file.given, inputs).problems.length, 1, JSON.stringify(wrong));
        assert.equal(answersSchema().safeParse({ [key]: wrong }).success, false, JSON.stringify(wrong));
      }
    });
  }
});

describe("answersJsonSchema()", () => {
  it("describes every key and refuses others", () => {
    const schema = answersJsonSchema() as {
      readonly properties: Readonly<Record<string, { readonly description?: string }>>;
      readonly additionalProperties: unknown;
      readonly required?: unknown;
    };
    assert.deepEqual(Object.keys(schema.properties), ["$schema", ...questionKeys]);
    assert.equal(schema.additionalProperties, false);
    assert.equal(schema.required, undefined);
    assert.equal(schema.properties.runtime?.description, questions.runtime.help);
  });
});

describe("readEnvironment()", () => {
  it("ignores what is empty or not ours", () => {
    assert.deepEqual(readEnvironment({ CREATE_FASTSERVE_RUNTIME: "", PATH: "/bin", RUNTIME: "x" }), {
      given: [],
      problems: [],
    });
  });

  it("refuses a variable of ours that no question has", () => {
    assert.deepEqual(
      readEnvironment({ CREATE_FASTSERVE_RUNTIM: "bun" }).problems.map(({ code, key, next }) => [code, key, next]),
      [["ARGUMENT_UNKNOWN", "CREATE_FASTSERVE_RUNTIM", "Unset it, or did you mean CREATE_FASTSERVE_RUNTIME?"]],
    );
  });
});

describe("parseAnswersFile()", () => {
  const givenOf = async (text: string): Promise<unknown> =>
    (await parseAnswersFile(text, "f")).given.map(({ key, raw }) => [key, raw]);

  it("reads JSON", async () => {
    assert.deepEqual(await givenOf('{"runtime":"bun","port":80}'), [
      ["runtime", "bun"],
      ["port", 80],
    ]);
  });

  it("refuses TOML whose keys would reach the prototype of all objects", async () => {
    const { given, problems } = await parseAnswersFile("[answers.__proto__]\npolluted = 1\n", "answers.toml");
    assert.deepEqual(given, []);
    assert.deepEqual(
      problems.map(({ message }) => message),
      ["answers.toml is not readable as JSON or TOML: __proto__ is no answer's key."],
    );
    assert.equal("polluted" in {}, false);
  });

  it("reads TOML", async () => {
    assert.deepEqual(await givenOf('# mine\nruntime = "deno"\ndeploy = ["docker"]\nport = 80\n'), [
      ["runtime", "deno"],
      ["deploy", ["docker"]],
      ["port", 80],
    ]);
  });

  it("takes the answers of a project's own file", async () => {
    assert.deepEqual(await givenOf('{"schema":1,"answers":{"runtime":"bun"},"facts":{}}'), [["runtime", "bun"]]);
  });

  it("suggests the nearest key", async () => {
    assert.deepEqual(
      (await parseAnswersFile('{"tls-profile":"modern"}', "f.json")).problems.map(({ message, next }) => [
        message,
        next,
      ]),
      [
        [
          'f.json: "tls-profile" is no answer\'s key.',
          'Did you mean "tlsProfile"? `create-fastserve schema` prints all keys.',
        ],
      ],
    );
  });

  for (const text of ["{", "runtime = ", "[1, 2]", "= 3"]) {
    it(`refuses ${JSON.stringify(text)} as unreadable`, async () => {
      const { problems } = await parseAnswersFile(text, "f");
      assert.deepEqual(
        problems.map(({ code }) => code),
        ["CONFIG_UNREADABLE"],
      );
    });
  }
});

describe("repeatCommand()", () => {
  it("gives the same answers when it is read again", () => {
    const argv = Object.entries(samples).flatMap(([key, [text]]) => [
      `--${questions[key as keyof typeof questions].flag}`,
      text,
    ]);
    const first = resolve(parseFlags(argv).given, inputs);
    const again = parseFlags([...repeatFlags(first.answers, "a b/c"), "--directory", "a b/c"]);
    assert.deepEqual(again.problems, []);
    const valuesOf = (resolution: typeof first): unknown =>
      Object.entries(resolution.answers).map(([key, { value }]) => [key, value]);
    assert.deepEqual(valuesOf(resolve(again.given, { ...inputs, packageManager: "pnpm" })), valuesOf(first));
  });

  it("quotes the directory and starts with the package manager", () => {
    const { answers } = resolve(parseFlags(["--package-manager=bun", "--memory=512m", "--no-deploy"]).given, inputs);
    assert.equal(
      repeatCommand(answers, "it's mine"),
      "bun create fastserve@latest 'it'\\''s mine' --name fastserve-app --target this --memory 512m " +
        "--runtime bun --workload api --exposure proxy --deploy none --yes",
    );
  });
});

describe("shellWord()", () => {
  const rows: readonly (readonly [string, string])[] = [
    ["plain-1.0_x/y", "plain-1.0_x/y"],
    ["a b", "'a b'"],
    ["$HOME", "'$HOME'"],
    ["~x", "'~x'"],
    ["", "''"],
    ["a'b", "'a'\\''b'"],
  ];
  for (const [text, word] of rows) it(`quotes ${JSON.stringify(text)}`, () => assert.equal(shellWord(text), word));
});
