import assert from "node:assert/strict";
import { test } from "node:test";
import { ok, problem, warning } from "../../../src/doctor/finding.ts";
import { isReady, reportJson, reportText } from "../../../src/doctor/report.ts";

const findings = [
  ok("runtime", "Bun 1.4.5", "The project was made with it."),
  warning("CPUs", "1 for 2 workers", "Workers share CPUs.", "set workers.count = 1"),
];
const broken = [...findings, problem("open files", "1024", "Too few.", "ulimit -n 4608")];

test("reportText() gives each row its value, reason and next step, and says whether the host is ready", () => {
  assert.equal(
    reportText(broken),
    `  ok       runtime     Bun 1.4.5
                       The project was made with it.
  warning  CPUs        1 for 2 workers
                       Workers share CPUs.
                       next: set workers.count = 1
  problem  open files  1024
                       Too few.
                       next: ulimit -n 4608
This host is not ready for the plan: 1 problem, 1 warning.
`,
  );
  assert.match(reportText(findings), /\nThis host is ready for the plan: 0 problems, 1 warning\.\n$/);
});

test("isReady() allows warnings", () => {
  assert.deepEqual([isReady(findings), isReady(broken)], [true, false]);
});

test("reportJson() gives the same for programs", () => {
  assert.deepEqual(JSON.parse(reportJson(broken)), { ready: false, findings: broken });
});
