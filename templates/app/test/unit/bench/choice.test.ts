import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { Bench, Project, Session } from "../../../bench/cases/bench.ts";
import { chosenBenches } from "../../../bench/cases/chosen-benches.ts";
import { listText } from "../../../bench/cases/list-text.ts";
import { hasErrors, runBenches } from "../../../bench/cases/run-benches.ts";
import { benches as allBenches } from "../../../bench/cases/table.ts";
import { BenchError } from "../../../bench/cli/bench-error.ts";
import { type BenchDocument, type BenchName, benchNames } from "../../../bench/report/document.ts";
import { refuseIncomparable } from "../../../bench/report/earlier-report.ts";
import { reportFiles, writtenText } from "../../../bench/report/report-files.ts";
import { load } from "../reference-config.ts";
import { quietContext } from "./report-context.ts";

const { config } = load("");
const project: Project = { directory: "/project", config, features: [] };

function documentOf(name: BenchName, errors: Readonly<Record<string, number>> = {}): BenchDocument {
  const one = {
    id: name,
    title: name,
    load: null,
    figures: {},
    missing: {},
    limited_by: null,
    latency: [],
    series: [],
  };
  return { name, title: name, refused: null, cases: [{ ...one, errors }], comparisons: [], notes: [] };
}

function benchOf(name: BenchName, more: Partial<Bench> = {}): Bench {
  return {
    name,
    title: `about ${name}`,
    refuse: () => undefined,
    suits: () => true,
    run: async () => documentOf(name),
    ...more,
  };
}

const three = [
  benchOf("http", { aboutSeconds: () => 330 }),
  benchOf("ws", { refuse: () => "this project has no WebSockets" }),
  benchOf("scale", { suits: () => false }),
];

const names = (benches: readonly Bench[]) => benches.map(({ name }) => name);

test("chosenBenches() without names are those that suit and can run", () => {
  assert.deepEqual(names(chosenBenches(three, [], project)), ["http"]);
});

test("chosenBenches() takes what is named, in the table's order, whether it suits or not", () => {
  assert.deepEqual(names(chosenBenches(three, ["scale", "http"], project)), ["http", "scale"]);
});

test("chosenBenches() refuses what cannot run with every reason, before anything is measured", () => {
  assert.throws(
    () => chosenBenches(three, ["ws", "idle"], project),
    (error: unknown) => {
      assert.ok(error instanceof BenchError);
      assert.deepEqual(
        [error.message, error.exitCode],
        [
          "ws cannot run here: this project has no WebSockets\nidle is not among this project's benches; --list shows them.",
          2,
        ],
      );
      return true;
    },
  );
});

test("listText() says of each bench what it is, whether it runs by itself, how long, and why it cannot", () => {
  assert.equal(
    listText(three, project, config.bench),
    `npm run bench -- [NAME ...]

  http      about http
            runs by itself, about 6 min
  ws        about ws
            cannot run here: this project has no WebSockets
  scale     about scale
            runs when it is named
`,
  );
});

test("the table has a bench for each name, and each is called what it is", () => {
  assert.deepEqual(names(allBenches).sort(), [...benchNames].sort());
});

function sessionWith(interrupt: AbortSignal): Session {
  return { interrupt } as Session;
}

test("runBenches() goes on after one that failed, and tells its reason", async () => {
  const begun: string[] = [];
  const failing = benchOf("ws", { run: () => Promise.reject(new BenchError("The server ended by itself.")) });
  const { documents, failed } = await runBenches(
    [benchOf("http"), failing, benchOf("scale")],
    sessionWith(new AbortController().signal),
    { begin: (name) => begun.push(name) },
  );
  assert.deepEqual([begun, failed], [["http", "ws", "scale"], true]);
  assert.deepEqual(
    documents.map(({ name, refused }) => [name, refused]),
    [
      ["http", null],
      ["ws", "It failed: The server ended by itself."],
      ["scale", null],
    ],
  );
});

test("runBenches() begins nothing after an interrupt, and throws what is no BenchError", async () => {
  const interrupt = new AbortController();
  const stopping = benchOf("http", {
    run: async () => {
      interrupt.abort();
      return documentOf("http");
    },
  });
  const line = { begin: () => undefined };
  const { documents } = await runBenches([stopping, benchOf("ws")], sessionWith(interrupt.signal), line);
  assert.deepEqual(names(documents as never), ["http"]);
  const broken = benchOf("http", { run: () => Promise.reject(new TypeError("a mistake of ours")) });
  await assert.rejects(runBenches([broken], sessionWith(new AbortController().signal), line), TypeError);
});

test("hasErrors() sees a single wrong answer", () => {
  assert.equal(hasErrors([documentOf("http"), documentOf("ws", { status: 0 })]), false);
  assert.equal(hasErrors([documentOf("http"), documentOf("ws", { status: 1 })]), true);
});

const folder = mkdtempSync(join(tmpdir(), "fastserve-reports-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const startedAt = new Date("2026-01-02T03:04:05.678Z");

test("reportFiles() names a pair in bench-reports when no file is asked for, and makes the folder", () => {
  const directory = join(folder, "project");
  mkdirSync(directory);
  const base = join(directory, "bench-reports", "20260102T030405Z");
  assert.deepEqual(reportFiles(directory, { jsonFile: undefined, htmlFile: undefined }, startedAt), {
    jsonFile: `${base}.json`,
    htmlFile: `${base}.html`,
  });
  assert.deepEqual(readdirSync(directory), ["bench-reports"]);
});

test("reportFiles() writes only what is asked for, and checks its folder first", () => {
  const asked = { jsonFile: join(folder, "x.json"), htmlFile: undefined };
  assert.deepEqual(reportFiles(folder, asked, startedAt), asked);
  const gone = join(folder, "gone", "x.html");
  assert.throws(() => reportFiles(folder, { jsonFile: undefined, htmlFile: gone }, startedAt), {
    message: `--html ${gone}: ${join(folder, "gone")} is not a folder that can be written to.`,
  });
  assert.deepEqual(writtenText(asked), `Written: ${asked.jsonFile}\n`);
});

test("refuseIncomparable() lists what differs as a wrong use, and lets an equal machine pass", () => {
  const report = { context: quietContext } as never;
  refuseIncomparable(report, quietContext);
  assert.throws(() => refuseIncomparable(report, { ...quietContext, runtime: "Bun 2.0.0", adapter: "deno-http" }), {
    message:
      "--against: a comparison with that report would say nothing about the server:\n  runtime: Bun 1.4.5 then, Bun 2.0.0 now\n  adapter: bun then, deno-http now\nMeasure both on one machine, with one runtime.",
    exitCode: 2,
  });
});
