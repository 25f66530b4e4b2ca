import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { AnswerKey, AnswerValues } from "../../src/answers/answers.ts";
import type { FactValues } from "../../src/facts/hardware-facts.ts";
import { AppError } from "../../src/lib/errors.ts";
import { GiB, KiB, MiB } from "../../src/lib/units.ts";
import { conflicts, refusal } from "../../src/plan/conflicts.ts";
import { solve } from "../../src/plan/solve.ts";
import { answersWith, factsWith, solveContext } from "./targets.ts";

type Refused = readonly [AnswerKey, string, Partial<AnswerValues>, Partial<FactValues>, string | undefined];

const choices: readonly Refused[] = [
  ["allocator", "jemalloc", { runtime: "bun" }, {}, "refuse_allocator_bun"],
  ["allocator", "system", { runtime: "bun" }, {}, "refuse_allocator_bun"],
  ["allocator", "mimalloc", { runtime: "bun" }, {}, undefined],
  ["allocator", "jemalloc", { runtime: "deno" }, {}, undefined],
  ["allocator", "jemalloc", {}, {}, undefined],
  ["allocator", "jemalloc", { runtime: "deno" }, { pageBytes: KiB(16) }, "refuse_jemalloc_pages"],
  ["allocator", "tcmalloc", { runtime: "deno" }, { pageBytes: KiB(16) }, undefined],
  ["allocator", "tcmalloc", { runtime: "deno" }, { os: "darwin", libc: "none" }, "refuse_allocator_platform"],
  ["allocator", "tcmalloc", { runtime: "deno" }, { container: "isolate" }, "refuse_allocator_isolate"],
  ["runtime", "deno", {}, { libc: "musl" }, "refuse_deno_musl"],
  ["runtime", "bun", {}, { libc: "musl" }, undefined],
  ["runtime", "bun", {}, { container: "isolate" }, "refuse_bun_isolate"],
  ["runtime", "bun", {}, { pageBytes: KiB(64) }, "refuse_bun_pages"],
  ["tlsProfile", "modern", { runtime: "deno", exposure: "proxy", tls: "files" }, {}, "refuse_modern_profile"],
  ["tlsProfile", "modern", { runtime: "deno", exposure: "direct", tls: "files" }, {}, undefined],
  ["tlsProfile", "modern", { runtime: "deno", exposure: "proxy", tls: "off" }, {}, undefined],
  ["tls", "files", {}, { container: "isolate" }, "refuse_isolate_tls"],
  ["exposure", "direct", {}, { container: "isolate" }, "refuse_isolate_direct"],
  ["deploy", "systemd", {}, { container: "isolate" }, "refuse_isolate_deploy"],
  ["features", "tasks", {}, { container: "isolate" }, "refuse_isolate_feature"],
  ["features", "cors", {}, { container: "isolate" }, undefined],
  ["features", "tasks", {}, {}, undefined],
];

describe("refusal()", () => {
  for (const [key, value, answers, facts, expected] of choices) {
    const where = JSON.stringify({ ...answers, ...facts });
    it(`${expected ? "refuses" : "offers"} ${key} ${value} with ${where}`, () => {
      assert.equal(refusal(key, value, answers, factsWith(facts))?.code, expected);
    });
  }
});

describe("conflicts()", () => {
  const rows: readonly (readonly [
    Partial<AnswerValues>,
    Partial<FactValues>,
    readonly (readonly [string, string])[],
  ])[] = [
    [{}, {}, []],
    [{ runtime: "bun", allocator: "jemalloc" }, {}, [["allocator", "Use --allocator mimalloc."]]],
    [{ runtime: "deno", allocator: "jemalloc" }, { os: "darwin" }, [["allocator", "Use --allocator auto."]]],
    [{ runtime: "deno" }, { libc: "musl" }, [["runtime", "Use --runtime bun."]]],
    [{ workload: "realtime", features: [] }, {}, [["features", "Use --workload api, or --features websocket."]]],
    [
      { workload: "static", features: ["cors"] },
      {},
      [["features", "Use --workload api, or --features cors,static-files."]],
    ],
    [
      { runtime: "deno", features: ["cors", "tasks"], deploy: [] },
      { container: "isolate" },
      [["features", "Use --features cors."]],
    ],
    [
      { runtime: "deno", features: ["tasks"] },
      { memoryBytes: MiB(64) },
      [["memory", "Use --memory 87m on a target that has it, or --runtime bun, or --features none."]],
    ],
    [
      { features: ["cors", "auth", "tasks"] },
      { memoryBytes: MiB(64) },
      [["memory", "Use --memory 90m on a target that has it, or --features cors,auth, or --features cors,tasks."]],
    ],
    [
      { features: ["tasks"] },
      { nofileHard: 400 },
      [
        [
          "nofileHard",
          "Raise the hard limit on open files to at least 448 (LimitNOFILE= or ulimit -Hn), then probe again.",
        ],
      ],
    ],
    [{ runtime: "bun" }, { memoryBytes: MiB(16) }, [["memory", "Use --memory 29m on a target that has it."]]],
    [
      { runtime: "deno" },
      { memoryBytes: MiB(32) },
      [["memory", "Use --memory 55m on a target that has it, or --runtime bun."]],
    ],
    [
      { runtime: "bun", connections: 100_000 },
      { memoryBytes: MiB(256) },
      [["connections", "Use --connections 8901, or a target with 4 GiB."]],
    ],
    [
      { runtime: "bun", connections: 100_000 },
      { memoryBytes: GiB(24), nofileHard: 20_000 },
      [["connections", "Use --connections 15000."]],
    ],
    [
      {},
      { nofileHard: 256 },
      [
        [
          "nofileHard",
          "Raise the hard limit on open files to at least 384 (LimitNOFILE= or ulimit -Hn), then probe again.",
        ],
      ],
    ],
  ];
  for (const [answers, facts, expected] of rows) {
    it(`${JSON.stringify({ ...answers, ...facts })}: ${expected.length === 0 ? "none" : expected[0]?.[1]}`, () => {
      const found = conflicts(answersWith(answers), factsWith(facts)).map(({ key, next }) => [key, next]);
      assert.deepEqual(found, expected);
    });
  }

  it("reports all problems at once, and solve() throws them together", () => {
    const answers = answersWith({
      runtime: "bun",
      allocator: "jemalloc",
      connections: 10_000_000,
      workload: "realtime",
      features: [],
    });
    assert.throws(
      () => solve(answers, factsWith({ memoryBytes: GiB(1) }), solveContext),
      (error: unknown) => {
        assert.ok(error instanceof AppError);
        assert.deepEqual(
          error.problems.map(({ code, key }) => [code, key]),
          [
            ["ANSWER_REFUSED", "allocator"],
            ["ANSWER_REFUSED", "features"],
            ["ANSWER_REFUSED", "connections"],
          ],
        );
        assert.equal(error.exitCode, 2);
        return true;
      },
    );
  });

  it("names a nearest answer that is accepted", () => {
    const asked = (connections: number) => answersWith({ runtime: "deno", connections });
    const facts = factsWith({ memoryBytes: MiB(512) });
    const fits = Number(/--connections (\d+)/.exec(conflicts(asked(1_000_000), facts)[0]?.next ?? "")?.[1]);
    assert.ok(fits > 0);
    assert.deepEqual(conflicts(asked(fits), facts), []);
    assert.equal(conflicts(asked(fits + 1), facts).length, 1);
  });
});
