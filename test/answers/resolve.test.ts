import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseAnswersFile } from "../../src/answers/answers-file.ts";
import { readEnvironment } from "../../src/answers/environment.ts";
import { parseFlags } from "../../src/answers/flags.ts";
import type { Given } from "../../src/answers/given.ts";
import type { DefaultInputs } from "../../src/answers/questions.ts";
import { missingProblems, resolve } from "../../src/answers/resolve.ts";

const inputs: DefaultInputs = { packageManager: "npm", currentDirectoryName: "work" };

describe("resolve()", () => {
  it("takes every default", () => {
    const { directory, answers } = resolve([], inputs);
    assert.equal(directory.value, "fastserve-app");
    assert.deepEqual(Object.fromEntries(Object.entries(answers).map(([key, { value }]) => [key, value])), {
      name: "fastserve-app",
      target: "this",
      cpus: undefined,
      memory: undefined,
      arch: undefined,
      runtime: "bun",
      workload: "api",
      exposure: "proxy",
      objective: "balanced",
      connections: undefined,
      allocator: "auto",
      tls: "off",
      tlsProfile: "intermediate",
      port: 3000,
      features: ["request-id", "request-log", "security-headers", "overload", "response-cache", "websocket"],
      deploy: ["docker"],
      packageManager: "npm",
    });
    assert.ok(Object.values(answers).every(({ origin }) => origin === "default"));
  });

  const features: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    [
      "an API behind a proxy",
      [],
      ["request-id", "request-log", "security-headers", "overload", "response-cache", "websocket"],
    ],
    [
      "an API on the internet",
      ["--exposure=direct"],
      [
        "request-id",
        "request-log",
        "security-headers",
        "overload",
        "rate-limit",
        "response-cache",
        "compression",
        "websocket",
      ],
    ],
    [
      "a file server behind a proxy",
      ["--workload=static"],
      ["request-id", "request-log", "security-headers", "overload", "static-files"],
    ],
    [
      "an upload server on the internet",
      ["--workload=upload", "--exposure=direct"],
      ["request-id", "request-log", "security-headers", "overload", "rate-limit", "compression"],
    ],
    ["a list of its own", ["--features=cors,request-log"], ["request-log", "cors"]],
    [
      "what differs from the default",
      ["--workload=static", "--features=default,cors,-request-log"],
      ["request-id", "security-headers", "cors", "overload", "static-files"],
    ],
    [
      "what is taken from all",
      ["--features=all,-auth,-tasks,-websocket,-compression,-response-cache,-cors"],
      ["request-id", "request-log", "security-headers", "overload", "rate-limit", "static-files"],
    ],
  ];
  for (const [name, argv, expected] of features) {
    it(`gives the features of ${name}`, () => {
      const { answers, problems } = resolve(parseFlags(argv).given, inputs);
      assert.deepEqual(problems, []);
      assert.deepEqual(answers.features.value, expected);
    });
  }

  it("takes nothing away from a list of its own, and says how it is meant", () => {
    assert.deepEqual(
      resolve(parseFlags(["--features=cors,-websocket"]).given, inputs).problems.map(({ code, next }) => [code, next]),
      [["ANSWER_INVALID", "Use --features default,cors,-websocket."]],
    );
  });

  it("takes Deno when Deno started the program", () => {
    assert.equal(resolve([], { ...inputs, packageManager: "deno" }).answers.runtime.value, "deno");
  });

  it("lets a flag beat the environment, that the file, that the default", async () => {
    const flags = parseFlags(["--runtime", "deno"]).given;
    const environment = readEnvironment({
      CREATE_FASTSERVE_RUNTIME: "bun",
      CREATE_FASTSERVE_PORT: "8001",
      CREATE_FASTSERVE_TLS_PROFILE: "modern",
    }).given;
    const file = (
      await parseAnswersFile('{"runtime":"bun","port":8002,"workload":"upload","memory":"512m"}', "answers.json")
    ).given;
    const { answers, problems } = resolve([...file, ...environment, ...flags], inputs);
    assert.deepEqual(problems, []);
    assert.deepEqual(answers.runtime, { value: "deno", origin: "flag" });
    assert.deepEqual(answers.port, { value: 8001, origin: "environment" });
    assert.deepEqual(answers.tlsProfile, { value: "modern", origin: "environment" });
    assert.deepEqual(answers.workload, { value: "upload", origin: "file" });
    assert.deepEqual(answers.memory, { value: 536_870_912, origin: "file" });
    assert.deepEqual(answers.objective, { value: "balanced", origin: "default" });
  });

  it("lets what was asked beat a flag", () => {
    const given: readonly Given[] = [
      { key: "port", raw: "1", origin: "flag", where: "--port" },
      { key: "port", raw: "2", origin: "asked", where: "your answer" },
    ];
    assert.deepEqual(resolve(given, inputs).answers.port, { value: 2, origin: "asked" });
  });

  const names: readonly (readonly [string, string])[] = [
    ["my-server", "my-server"],
    ["./deep/My Server", "my-server"],
    [".", "work"],
    ["..", "fastserve-app"],
    ["größe", "gro-e"],
    ["...", "fastserve-app"],
  ];
  for (const [directory, name] of names) {
    it(`names the package of "${directory}"`, () => {
      const { answers } = resolve([{ key: "directory", raw: directory, origin: "flag", where: "" }], inputs);
      assert.equal(answers.name.value, name);
    });
  }

  const wrong: readonly (readonly [string, string, string])[] = [
    ["--runtime=dneo", 'runtime: "dneo" is not one of bun, deno (from --runtime).', "Use --runtime deno."],
    ["--port=70000", 'port: "70000" is not a whole number from 0 to 65535 (from --port).', "Use --port 65535."],
    ["--port=1.5", 'port: "1.5" is not a whole number from 0 to 65535 (from --port).', "Use --port 2."],
    ["--port=x", 'port: "x" is not a whole number from 0 to 65535 (from --port).', "Give N."],
    ["--cpus=0", 'cpus: "0" is not a number from 0.01 to 4096 (from --cpus).', "Use --cpus 0.01."],
    ["--memory=lots", 'memory: "lots" is no size such as 512m, 2g or 1.5GiB (from --memory).', "Give SIZE."],
    ["--memory=1k", 'memory: "1k" is not from 1 MiB to 64 TiB (from --memory).', "Use --memory 1m."],
    [
      "--deploy=docker,systmed",
      'deploy: ["docker","systmed"] contains "systmed", which is not one of docker, systemd, github (from --deploy).',
      "Use --deploy docker,systemd.",
    ],
    [
      "--name=My",
      'name: "My" is no package name: lower-case letters, digits, and - . _ ~ inside (from --name).',
      "Give NAME.",
    ],
    ["--directory=", 'directory: "" is empty (from --directory).', "Give PATH."],
  ];
  for (const [flag, message, next] of wrong) {
    it(`refuses ${flag} with key, value, reason and next step`, () => {
      assert.deepEqual(
        resolve(parseFlags([flag]).given, inputs).problems.map((problem) => [
          problem.code,
          problem.message,
          problem.next,
        ]),
        [["ANSWER_INVALID", message, next]],
      );
    });
  }

  it("names the variable and the file of a wrong value", async () => {
    const environment = readEnvironment({ CREATE_FASTSERVE_RUNTIME: "bnu" }).given;
    const file = (await parseAnswersFile('{"port":"3000","exposure":"directly"}', "answers.json")).given;
    assert.deepEqual(
      resolve([...environment, ...file], inputs).problems.map((problem) => problem.next),
      ["Set CREATE_FASTSERVE_RUNTIME=bun.", 'Write "direct" for "exposure" in answers.json.', "Give N."],
    );
  });

  it("does not judge a value that another one overrides", () => {
    const environment = readEnvironment({ CREATE_FASTSERVE_RUNTIME: "nonsense" }).given;
    assert.deepEqual(resolve([...environment, ...parseFlags(["--runtime=bun"]).given], inputs).problems, []);
  });

  it("lists the basic questions that nobody answered", () => {
    const { missing } = resolve(parseFlags(["--runtime=bun"]).given, inputs);
    assert.deepEqual(missing, ["directory", "target", "workload", "exposure"]);
  });
});

describe("missingProblems()", () => {
  it("names flag, variable and key of each missing answer, and a command that works", () => {
    const problems = missingProblems(resolve(parseFlags(["--runtime=deno", "--target=this"]).given, inputs));
    assert.deepEqual(
      problems.map((problem) => [problem.code, problem.key]),
      [
        ["ANSWER_MISSING", undefined],
        ["ANSWER_MISSING", "directory"],
        ["ANSWER_MISSING", "workload"],
        ["ANSWER_MISSING", "exposure"],
      ],
    );
    assert.equal(
      problems[0]?.next,
      "Add --yes to take the defaults, or give every answer: npm create fastserve@latest -- fastserve-app " +
        "--target this --runtime deno --workload api --exposure proxy --yes",
    );
    assert.equal(
      problems[2]?.next,
      '--workload api|static|realtime|upload|mixed, or CREATE_FASTSERVE_WORKLOAD, or "workload" in --config.',
    );
  });

  it("is empty when everything was answered", () => {
    const argv = ["--directory=a", "--target=this", "--runtime=bun", "--workload=api", "--exposure=proxy"];
    assert.deepEqual(missingProblems(resolve(parseFlags(argv).given, inputs)), []);
  });
});
