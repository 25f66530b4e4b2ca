/**
 * The process that is measured: started under one allocator, it says first which one really serves it, then carries out
 * orders from standard input, one at a time. Nothing but the order runs in it.
 */
import process from "node:process";
import { createInterface } from "node:readline";
import { runtime } from "../../src/wiring.ts";
import { churnFresh, churnSlab } from "./churn.ts";
import { proveAllocator } from "./proof.ts";
import { type Answers, type Order, SIZES_BYTES, type SpeedCell } from "./protocol.ts";
import { Crew } from "./scaling.ts";
import { type Loop, type StrategyName, strategies } from "./strategies.ts";
import { timeLoop } from "./time-loop.ts";
import { makeTrace } from "./trace.ts";

const residentBytes = () => runtime.memory().rssBytes;
const crew = new Crew();
/** Made at the first use: a process that measures memory holds no arenas. */
const loops = new Map<string, Loop>();

say(proveAllocator(process.argv[2] ?? ""));
for await (const line of createInterface({ input: process.stdin })) say(await obey(JSON.parse(line) as Order));
process.exit(0);

async function obey(order: Order): Promise<Answers[Order["type"]]> {
  switch (order.type) {
    case "speed":
      return speed(order.strategy, order.cellMs);
    case "scaling":
      return { perSecond: await crew.run(order.strategy, order.threads, order.ms) };
    case "churn": {
      const walk = churnFresh(makeTrace(order.steps), order.freeing, residentBytes);
      return { ...walk, afterBytes: residentBytes() };
    }
    case "slab":
      return churnSlab(makeTrace(order.steps), order.capacityBytes);
    case "resident":
      return { bytes: residentBytes() };
  }
}

function speed(strategy: StrategyName, cellMs: number): readonly SpeedCell[] {
  return SIZES_BYTES.map((bytes) => ({ strategy, bytes, ...timeLoop(loopOf(strategy, bytes), cellMs) }));
}

function loopOf(strategy: StrategyName, bytes: number): Loop {
  const key = `${strategy} ${bytes}`;
  const known = loops.get(key);
  if (known) return known;
  const loop = strategies[strategy].loop(bytes);
  loops.set(key, loop);
  return loop;
}

function say(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
