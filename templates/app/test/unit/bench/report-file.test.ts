import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { BenchError } from "../../../bench/cli/bench-error.ts";
import { readReport } from "../../../bench/report/read-report.ts";
import { writeReport, writeWhole } from "../../../bench/report/write-report.ts";
import { benchReport } from "../../fixture/bench-report.ts";

const folder = mkdtempSync(join(tmpdir(), "bench-report-"));
after(() => rmSync(folder, { recursive: true }));

test("readReport() gives back what writeReport() wrote, and no half-written file stays", () => {
  const file = join(folder, "report.json");
  writeReport(file, benchReport);
  assert.deepEqual(readReport(file), benchReport);
  assert.deepEqual(readdirSync(folder), ["report.json"]);
});

/** What a file with this text is refused for. */
function refusal(text: string): string {
  const file = join(folder, "wrong.json");
  writeFileSync(file, text);
  try {
    readReport(file);
  } catch (error) {
    assert.ok(error instanceof BenchError);
    assert.equal(error.exitCode, 2);
    return error.message.replace(file, "FILE");
  }
  throw new Error("it was read");
}

const AGAIN = "Write a new one with npm run bench -- --json FILE.";

test("readReport() refuses another schema version and names both", () => {
  assert.equal(
    refusal(JSON.stringify({ ...benchReport, schema_version: 1 })),
    `FILE has schema_version 1, and this bench reads 2: their figures differ in meaning. ${AGAIN}`,
  );
});

test("readReport() refuses what is no report, no JSON or not there", () => {
  assert.equal(refusal("[]"), `FILE is not a report of this bench: it has no kind "fastserve-bench". ${AGAIN}`);
  assert.match(refusal("{"), /^FILE is not JSON: .*\. Write a new one/);
  assert.throws(
    () => readReport(join(folder, "absent.json")),
    /absent\.json cannot be read: .*Name a report that --json wrote\.$/,
  );
});

test("readReport() names the place of what does not belong there", () => {
  const [bench] = benchReport.benches;
  const [one, ...more] = bench?.cases ?? [];
  const wrong = { ...benchReport, benches: [{ ...bench, cases: [{ ...one, figures: { speed: {} } }, ...more] }] };
  assert.match(
    refusal(JSON.stringify(wrong)),
    /^FILE is not a whole report:\n {2}benches\[0\]\.cases\[0\]\.figures(\.speed)?: .+\nWrite/,
  );
  const cut = { ...benchReport, targets: [{ ...benchReport.targets[0], target: "1" }] };
  assert.match(refusal(JSON.stringify(cut)), /\n {2}targets\[0\]\.target: .*number/);
});

test("writeWhole() says which file could not be written", () => {
  assert.throws(
    () => writeWhole(join(folder, "absent", "a.json"), ""),
    /a\.json could not be written: .*Choose a file/,
  );
});
