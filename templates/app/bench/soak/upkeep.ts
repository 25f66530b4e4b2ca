/** What an operator does to a running server: reloads by signal, and replacements of all workers, one after the other. */
import { request } from "node:http";
import process from "node:process";
import type { ServerProcess } from "../server/server-process.ts";
import type { Counts } from "./counts.ts";
import type { ServerCounts } from "./take-sample.ts";

/** Three workers with the longest usual drain, and their starts, on a busy machine. */
const ROLL_MS_MAX = 60_000;
/** After the last worker was replaced: connections that it was handed go on being answered for so long. */
const ROLL_AFTER_MS = 1000;
const ASK_MS_MAX = 10_000;

export class Upkeep {
  readonly #server: ServerProcess;
  readonly #counts: Counts;
  /** Of the metrics, before the replacement under way; undefined: none is. */
  #before: ServerCounts | undefined;
  #latest: ServerCounts | undefined;
  #rollEndsMs = 0;

  constructor(server: ServerProcess, counts: Counts) {
    this.#server = server;
    this.#counts = counts;
  }

  /** Why it cannot; undefined: it was asked for. */
  reload(): string | undefined {
    if (process.platform === "win32") return "Windows has no signal that asks for a reload";
    try {
      process.kill(this.#server.pid, "SIGHUP");
      this.#counts.reloads += 1;
      return undefined;
    } catch {
      return "the server has ended";
    }
  }

  /** Why it cannot; undefined: it has begun. */
  async roll(): Promise<string | undefined> {
    this.#before = this.#latest;
    this.#rollEndsMs = performance.now() + ROLL_MS_MAX;
    const { status, text } = await post(this.#server.host, this.#server.adminPort, "/-/roll");
    if (status === 202) return undefined;
    this.#before = undefined;
    return reasonIn(text) ?? `POST /-/roll answered ${status}`;
  }

  /** Takes what the server has counted by now. */
  saw(counts: ServerCounts): void {
    this.#latest = counts;
    this.#counts.rolls = counts.rolls;
    const before = this.#before;
    if (before && counts.rolls >= before.rolls + before.workers && counts.listening >= counts.workers) {
      this.#before = undefined;
      this.#rollEndsMs = performance.now() + ROLL_AFTER_MS;
    }
  }

  /** Whether workers are still being replaced. */
  get isUnderWay(): boolean {
    return this.#before !== undefined && performance.now() < this.#rollEndsMs;
  }

  /** Whether a connection may be lost to a replacement: it is under way, or was a moment ago. */
  get isRolling(): boolean {
    return performance.now() < this.#rollEndsMs;
  }
}

function reasonIn(problem: string): string | undefined {
  return /"detail":"([^"]*)"/.exec(problem)?.[1];
}

function post(host: string, port: number, path: string): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const order = request({ host, port, path, method: "POST", agent: false, timeout: ASK_MS_MAX }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
      response.on("error", reject);
    });
    order.on("timeout", () => order.destroy(new Error(`${path} was not answered within ${ASK_MS_MAX} ms`)));
    order.on("error", reject);
    order.end();
  });
}
