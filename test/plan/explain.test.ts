import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { GiB, MiB } from "../../src/lib/units.ts";
import { assumedSettings, explainAll, explainSetting, mainDecisions } from "../../src/plan/explain.ts";
import { settingKeys } from "../../src/plan/rules/table.ts";
import { solve } from "../../src/plan/solve.ts";
import { answersWith, factsWith, solveContext } from "./targets.ts";

const plan = solve(
  answersWith({ runtime: "deno", workload: "upload" }),
  factsWith({ cpus: 2, memoryBytes: MiB(512) }),
  solveContext,
);

describe("explainSetting()", () => {
  it("gives value, reason, clamp, origin, source and inputs", () => {
    assert.equal(
      explainSetting(plan, "limits.body_bytes_max"),
      [
        "limits.body_bytes_max = 19.3 MiB (20230144)",
        "  why     Large bodies are what this server is for.",
        "  clamp   64 MiB moved down. 4 of the largest bodies must fit into the 77.2 MiB for all bodies, or one client could block the others.",
        "  origin  detected",
        "  source  assumed: 1 MiB is nginx's default; uploads and files that pass through need more, file servers less",
        "  from    answers.workload = upload, limits.bodies_bytes_max = 77.2 MiB",
      ].join("\n"),
    );
  });

  it("says why a runtime has no such setting", () => {
    assert.match(
      explainSetting(plan, "timeouts.idle_ms"),
      /^timeouts\.idle_ms = none\n {2}why {5}Deno\.serve has no timeouts/,
    );
  });
});

describe("explainAll()", () => {
  it("explains every setting once and counts the assumed ones", () => {
    const text = explainAll(plan);
    for (const key of settingKeys) assert.equal(text.split(`\n${key} = `).length, key === settingKeys[0] ? 1 : 2, key);
    assert.match(text, new RegExp(`^${assumedSettings(plan).length} of ${settingKeys.length} settings rest on`, "m"));
  });
});

describe("mainDecisions()", () => {
  it("shows the choices that shape the server and the budget, without what the runtime lacks", () => {
    assert.deepEqual(
      mainDecisions(plan).map(({ label, value }) => `${label}: ${value}`),
      [
        "Workers: 2",
        "Worker mode: threads",
        "Connections: 1313",
        "Largest body: 19.3 MiB",
        "Heap per thread: 44 MiB",
        "Allocator: glibc",
        "Budget: runtime: 74 MiB",
        "Budget: heaps: 125.9 MiB",
        "Budget: zones: 640 KiB",
        "Budget: connections: 34.3 MiB",
        "Budget: bodies: 154.3 MiB",
        "Budget: scratch: 3.4 MiB",
        "Budget: headroom: 112 MiB",
      ],
    );
  });

  it("gives the bound's reason where a bound decided", () => {
    const bounded = solve(answersWith(), factsWith({ memoryBytes: GiB(24), nofileHard: 4096 }), solveContext);
    const connections = mainDecisions(bounded).find(({ key }) => key === "limits.connections_max");
    assert.equal(connections?.value, "3072");
    assert.match(connections?.why ?? "", /hard limit on open files is 4096/);
  });
});
