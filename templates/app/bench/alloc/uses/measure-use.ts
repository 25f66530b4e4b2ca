/**
 * One use, on against off: pairs of fresh servers on the same CPU, loaded in turn. Within a pair the order is on, off, off,
 * on, so that a machine that grows slower or faster favours neither; the next pair begins with the other one. Fresh
 * servers each time, because what the engines compile, and where memory lies, differs from process to process.
 */
import type { MemoryUse } from "../../../src/memory/memory-books.ts";
import { BenchError } from "../../cli/bench-error.ts";
import { pause } from "../../method/pause.ts";
import { residentOf } from "../../server/cpu-time.ts";
import { startUseLoad } from "./load-uses.ts";
import { processNs } from "./process-clock.ts";
import type { UseCase, UseLoad } from "./use-cases.ts";
import { startUseServer, type UseServer, type UseServerOptions } from "./use-server.ts";

export interface Side {
  /** CPU of the server per request. */
  readonly us: number;
  readonly residentBytes: number;
}

export interface UsePair {
  readonly on: Side;
  readonly off: Side;
}

export interface UseTimes {
  readonly warmupSeconds: number;
  /** One of the four parts of a pair. */
  readonly sliceSeconds: number;
}

/** Until all connections are open. */
const RAMP_SECONDS = 0.1;
/** The books are published twice a second. */
const BOOKS_MS_MAX = 2000;
const BOOKS_CHECK_MS = 50;

export async function measurePair(
  { setting, book, on, off }: UseCase,
  options: Omit<UseServerOptions, "name">,
  { times, swapped, interrupt }: { times: UseTimes; swapped: boolean; interrupt: AbortSignal },
): Promise<UsePair | undefined> {
  const start = (name: "on" | "off") =>
    startUseServer({
      ...options,
      name,
      settings: setting === undefined ? options.settings : { ...options.settings, [setting]: String(name === "on") },
    });
  const servers = await Promise.allSettled([start("on"), start("off")]);
  try {
    const [onServer, offServer] = servers.map((outcome) => {
      if (outcome.status === "rejected") throw outcome.reason;
      return outcome.value;
    });
    if (!onServer || !offServer) return undefined;
    const sides = { on: new Meter(onServer, on), off: new Meter(offServer, off) };
    const order = swapped ? (["off", "on", "on", "off"] as const) : (["on", "off", "off", "on"] as const);
    for (const name of order.slice(0, 2)) await sides[name].slice(times.warmupSeconds, interrupt);
    sides.on.reset();
    sides.off.reset();
    for (const name of order) await sides[name].slice(times.sliceSeconds, interrupt);
    if (interrupt.aborted) return undefined;
    if (book !== undefined) await requireTaken(onServer, book);
    return { on: sides.on.side(), off: sides.off.side() };
  } finally {
    await Promise.all(servers.map((outcome) => (outcome.status === "fulfilled" ? outcome.value.stop() : undefined)));
  }
}

/** A load that never reaches the use would compare a server with itself, and find no difference. */
async function requireTaken({ ports }: UseServer, book: MemoryUse): Promise<void> {
  const deadlineMs = performance.now() + BOOKS_MS_MAX;
  while (performance.now() < deadlineMs) {
    const page = await fetch(`http://127.0.0.1:${ports.admin}/metrics`);
    if (takenIn(await page.text(), book) > 0) return;
    await new Promise((done) => setTimeout(done, BOOKS_CHECK_MS));
  }
  throw new BenchError("the server's books show that the load never took memory of this use.");
}

/** Of the metrics page: how often the use took memory. */
export function takenIn(page: string, book: MemoryUse): number {
  return Number(new RegExp(`^fastserve_memory_use_taken_total\\{use="${book}"\\} (\\S+)$`, "m").exec(page)?.[1] ?? 0);
}

class Meter {
  readonly #server: UseServer;
  readonly #load: UseLoad;
  #ns = 0;
  #requests = 0;

  constructor(server: UseServer, load: UseLoad) {
    this.#server = server;
    this.#load = load;
  }

  reset(): void {
    this.#ns = 0;
    this.#requests = 0;
  }

  async slice(seconds: number, interrupt: AbortSignal): Promise<void> {
    if (interrupt.aborted) return;
    const load = startUseLoad(this.#server, this.#load);
    await pause(RAMP_SECONDS, interrupt);
    const ns = processNs(this.#server.pid);
    const requests = load.answered();
    await pause(seconds, interrupt);
    this.#ns += processNs(this.#server.pid) - ns;
    this.#requests += load.answered() - requests;
    const failures = load.failures();
    load.stop();
    if (failures > 0 && !interrupt.aborted) throw new BenchError(`${failures} requests failed.`);
  }

  side(): Side {
    if (this.#requests === 0) throw new BenchError("No request was answered.");
    return { us: this.#ns / this.#requests / 1000, residentBytes: residentOf([this.#server.pid]).nowBytes };
  }
}
