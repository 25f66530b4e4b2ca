import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { featureNames } from "../../src/answers/choices.ts";
import { GiB, KiB, MiB } from "../../src/lib/units.ts";
import {
  limitBytesMin,
  SEMI_SPACE_BYTES_MIN,
  SEMI_SPACES,
  threadBytesMin,
  threadBytesWanted,
} from "../../src/plan/budget.ts";
import { KERNEL_CONNECTION_BYTES, type MemoryCosts, memoryCostsOf } from "../../src/plan/costs.ts";
import { rules } from "../../src/plan/rules/table.ts";
import { sentences } from "../../src/plan/sentences.ts";
import { solve } from "../../src/plan/solve.ts";
import { leastCosts } from "../../templates/app/src/control/least-memory.ts";
import type { AdapterName } from "../../templates/app/src/runtime/capabilities.ts";
import { answersWith, factsWith, solveContext } from "./targets.ts";

const root = new URL("../../", import.meta.url);
const text = (path: string) => readFileSync(new URL(path, root), "utf8");

interface Measured {
  readonly base: {
    readonly warm: { readonly anonymous: number; readonly file: number; readonly heapTotal: number };
    readonly usedFile: number;
  };
  readonly thread: { readonly freshPerThread: number; readonly warmPerThread: number };
  readonly connection: Readonly<Record<"http" | "https" | "webSocket", { user: number; kernel: number } | undefined>>;
  readonly engine?: { readonly smallestHeap: number };
  readonly emitted: { readonly file: number; readonly worker: number; readonly control: number };
}

const measured = JSON.parse(text("docs/measurements/memory-costs.json")).adapters as Readonly<Record<string, Measured>>;

/** The measured figure behind each row, and how far above it the row may be: slack that nobody
 * meant is waste. Slack is wider where the figure is a difference, which moves by megabytes from run to run. */
const evidence: readonly (readonly [keyof MemoryCosts, (adapter: Measured) => number | undefined, number])[] = [
  ["processBytes", ({ base, thread }) => base.warm.anonymous - thread.warmPerThread, MiB(7)],
  ["codeBytes", ({ emitted }) => emitted.file, MiB(6)],
  ["hotCodeBytes", ({ base }) => base.usedFile, MiB(2)],
  ["threadBytes", ({ base, thread }) => thread.warmPerThread - base.warm.heapTotal, MiB(3)],
  ["heapBytesMin", ({ engine }) => (engine ? 2 * engine.smallestHeap : undefined), MiB(8)],
  ["httpBytes", ({ connection }) => connection.http?.user, KiB(3)],
  ["httpsBytes", ({ connection }) => connection.https?.user, KiB(4)],
  ["webSocketBytes", ({ connection }) => connection.webSocket?.user, KiB(10)],
];

describe("memoryCostsOf", () => {
  for (const [adapter, costs] of Object.entries(memoryCostsOf)) {
    for (const [key, read, slack] of evidence) {
      it(`${adapter} ${key} covers what was measured, without much more`, () => {
        const figure = read(measured[adapter] as Measured);
        if (figure === undefined) return;
        assert.ok(costs[key] >= figure, `${costs[key]} is below the measured ${figure}`);
        assert.ok(costs[key] <= figure + slack, `${costs[key]} is far above the measured ${figure}`);
      });
    }
  }

  for (const adapter of ["bun", "deno-serve", "deno-http"] as const) {
    it(`${adapter} process and control plane together cover the emitted server's`, () => {
      const { processBytes, controlBytes } = memoryCostsOf[adapter];
      const figure = measured[adapter]?.emitted.control ?? Number.NaN;
      const slack = processBytes + controlBytes - figure;
      assert.ok(slack >= 0 && slack <= MiB(3), `${slack}`);
    });
  }

  for (const adapter of ["bun", "deno-serve", "deno-http"] as const) {
    it(`are for ${adapter} what the running server checks a host against`, () => {
      const { threadBytes, heapBytesMin, httpBytes, httpsBytes, webSocketBytes } = memoryCostsOf[adapter];
      const least = leastCosts[adapter];
      assert.deepEqual(least, {
        threadBytes,
        heapBytes: heapBytesMin,
        youngBytes: adapter === "bun" ? 0 : SEMI_SPACES * SEMI_SPACE_BYTES_MIN,
        httpBytes,
        httpsBytes,
        webSocketBytes,
      });
    });
  }

  it("covers the kernel's part of a connection", () => {
    const figures = Object.values(measured).flatMap(({ connection }) =>
      Object.values(connection).map((cost) => cost?.kernel ?? 0),
    );
    assert.ok(Math.max(...figures) <= KERNEL_CONNECTION_BYTES);
  });
});

describe("limitBytesMin()", () => {
  const shapeOf = (adapter: AdapterName) => ({ adapter, tasks: false, auth: false });
  const smallest = { bun: 29, "deno-serve": 55, "deno-http": 64 } as const;
  for (const adapter of ["bun", "deno-serve", "deno-http"] as const) {
    it(`lets ${adapter} run in 64 MiB`, () => assert.equal(limitBytesMin(shapeOf(adapter)), MiB(smallest[adapter])));
    it(`lets one more worker of ${adapter} have the smallest heap`, () =>
      assert.ok(threadBytesWanted(shapeOf(adapter)) >= threadBytesMin(shapeOf(adapter))));
  }
});

describe("rules", () => {
  const plan = solve(answersWith(), factsWith(), solveContext);

  it("cite measurements and documents that exist", () => {
    for (const { key, source } of Object.values(plan.decisions)) {
      if (source.kind === "measured") assert.ok(existsSync(fileURLToPath(new URL(source.ref, root))), key);
      if (source.kind === "documented") assert.match(source.ref, /^https:\/\/\S+$/, key);
    }
  });

  it("declare no input that they never read", () => {
    const read = new Map<string, Set<string>>(Object.keys(rules).map((key) => [key, new Set()]));
    const variants = [
      { runtime: "bun", exposure: "proxy", cpus: 1 },
      { runtime: "bun", connections: 100, cpus: 1 },
      { runtime: "deno", exposure: "proxy", cpus: 2 },
      { runtime: "deno", exposure: "direct", cpus: 2 },
      { runtime: "deno", cpus: 64, memoryBytes: GiB(1) },
      { runtime: "bun", cpus: 64, memoryBytes: GiB(1) },
      { runtime: "deno", cpus: 4, features: featureNames, connections: 100 },
      { runtime: "deno", cpus: 64, memoryBytes: GiB(1), features: featureNames },
      { runtime: "bun", cpus: 1, features: ["security-headers"] },
      { runtime: "deno", cpus: 1, workload: "upload" },
    ] as const;
    for (const { cpus, memoryBytes = GiB(24), ...answers } of variants.map((row) => ({
      memoryBytes: undefined,
      ...row,
    }))) {
      for (const pinned of [new Map(), new Map([["workers.count" as const, 1]])]) {
        const context = { ...solveContext, pinned };
        const { decisions } = solve(answersWith(answers), factsWith({ cpus, memoryBytes }), context);
        for (const { key, inputs } of Object.values(decisions)) {
          for (const name of Object.keys(inputs)) read.get(key)?.add(name);
        }
      }
    }
    for (const [key, { reads }] of Object.entries(rules)) {
      assert.deepEqual([...(read.get(key) ?? [])].sort(), [...reads].sort(), key);
    }
  });
});

describe("sentences", () => {
  it("has no code that nothing uses", () => {
    const sources = [
      ...readdirSync(new URL("src/plan/", root)),
      ...readdirSync(new URL("src/plan/rules/", root)).map((name) => `rules/${name}`),
    ]
      .filter((name) => name.endsWith(".ts") && name !== "sentences.ts")
      .map((name) => text(`src/plan/${name}`))
      .join("\n");
    for (const code of Object.keys(sentences)) assert.ok(sources.includes(`"${code}"`), `${code} is never used`);
  });
});
