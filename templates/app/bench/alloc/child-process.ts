/** A process that is measured, seen from the bench: started under its backend, asked one thing at a time, always ended. */
import { type ChildProcess, spawn } from "node:child_process";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { BenchError } from "../cli/bench-error.ts";
import { killOnExit } from "../server/kill-on-exit.ts";
import type { Backend } from "./backends.ts";
import { programArgs } from "./program-args.ts";
import type { Answers, Hello, Order } from "./protocol.ts";

/** The end of what a failing process said; the reason stands there. */
const STDERR_CHARS_MAX = 4096;

export class MeasuredProcess {
  readonly backend: Backend;
  readonly hello: Hello;
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #stderr: () => string;

  private constructor(
    backend: Backend,
    hello: Hello,
    child: ChildProcess,
    lines: AsyncIterator<string>,
    stderr: () => string,
  ) {
    this.backend = backend;
    this.hello = hello;
    this.#child = child;
    this.#lines = lines;
    this.#stderr = stderr;
  }

  static async start(backend: Backend): Promise<MeasuredProcess> {
    const module = fileURLToPath(new URL("./child.ts", import.meta.url));
    const child = spawn(process.execPath, [...programArgs([module]), backend.requested], {
      env: { ...process.env, ...backend.environment },
      stdio: ["pipe", "pipe", "pipe"],
      // A group of its own: Ctrl-C on the terminal reaches the bench alone, which ends its children.
      detached: true,
    });
    killOnExit(child);
    // A process that has died takes no order; its missing answer is what counts.
    child.stdin.on("error", () => undefined);
    let text = "";
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      text = (text + chunk).slice(-STDERR_CHARS_MAX);
    });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const stderr = () => text.trim();
    const hello = (await answer(lines, backend, stderr)) as Hello;
    return new MeasuredProcess(backend, hello, child, lines, stderr);
  }

  async ask<Type extends Order["type"]>(order: Extract<Order, { type: Type }>): Promise<Answers[Type]> {
    this.#child.stdin?.write(`${JSON.stringify(order)}\n`);
    return (await answer(this.#lines, this.backend, this.#stderr)) as Answers[Type];
  }

  /** Nothing in it needs a proper end. Resolves when it is gone. */
  stop(): Promise<void> {
    const { exitCode, signalCode } = this.#child;
    if (exitCode !== null || signalCode !== null) return Promise.resolve();
    const gone = new Promise<void>((done) => this.#child.once("exit", () => done()));
    this.#child.kill("SIGKILL");
    return gone;
  }
}

async function answer(lines: AsyncIterator<string>, backend: Backend, stderr: () => string): Promise<unknown> {
  const { value, done } = await lines.next();
  if (done) throw new BenchError(`The process under ${backend.label} ended by itself.\n${stderr()}`.trimEnd());
  return JSON.parse(value);
}
