/** The two output streams and the question whether somebody can be asked. The only place that writes to them. */
import { makeStyle, type Style } from "./present/style.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export interface Terminal {
  /** Of what `result` and `say` print. */
  readonly style: Style;
  /** Of what `complain` prints: standard error may go elsewhere. */
  readonly complaintStyle: Style;
  /** Characters in a line. */
  readonly columns: number;
  /** The command's result, on standard output. */
  result(text: string): void;
  /** The command's result as one JSON document, on standard output. */
  json(document: unknown): void;
  /** Progress and hints for people: standard output, or standard error when that carries JSON. */
  say(text: string): void;
  /** Warnings and errors, on standard error. */
  complain(text: string): void;
}

export interface Interactivity {
  readonly stdinIsTerminal: boolean;
  readonly stdoutIsTerminal: boolean;
  readonly environment: Environment;
  readonly yes: boolean;
  readonly json: boolean;
}

/** Only with both ends on a terminal: with one of them a prompt waits unseen or writes escapes into a file. */
export function mayAsk(now: Interactivity): boolean {
  const { environment } = now;
  return (
    now.stdinIsTerminal &&
    now.stdoutIsTerminal &&
    !isTruthy(environment.CI) &&
    environment.TERM !== "dumb" &&
    !now.yes &&
    !now.json
  );
}

/** "CI=1", "CI=true" and "CI=woodpecker" alike; "", "0" and "false" are no. */
export function isTruthy(value: string | undefined): boolean {
  return value !== undefined && !["", "0", "false", "no", "off"].includes(value.trim().toLowerCase());
}

export function openTerminal(environment: Environment, json: boolean): Terminal {
  const progress = json ? process.stderr : process.stdout;
  return {
    style: makeStyle(environment, progress.isTTY === true),
    complaintStyle: makeStyle(environment, process.stderr.isTTY === true),
    columns: Math.min(progress.columns ?? COLUMNS_MAX, COLUMNS_MAX),
    result: (text) => write(process.stdout, `${text}\n`),
    json: (document) => write(process.stdout, `${JSON.stringify(document, undefined, 2)}\n`),
    say: (text) => write(progress, `${text}\n`),
    complain: (text) => write(process.stderr, `${text}\n`),
  };
}

/** Wider lines are hard to read, and a file or pipe has no width of its own. */
const COLUMNS_MAX = 120;

const closed = new Set<NodeJS.WriteStream>();

/** A reader that left (`| head`) must not stop a project from being written: later output is dropped. */
function write(stream: NodeJS.WriteStream, text: string): void {
  if (!closed.has(stream)) stream.write(text);
}

/** Registers what `write` relies on; called once, before any output. */
export function surviveClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE" && error.code !== "ERR_STREAM_DESTROYED") throw error;
      closed.add(stream);
    });
  }
}
