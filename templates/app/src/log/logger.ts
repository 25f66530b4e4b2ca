/**
 * The log of one thread: lines are gathered and written in batches, so that a request pays for a string, not a system call.
 *
 * Idea: lines join into one string, and the whole batch is encoded once (measured by the generator's
 * scripts/measure/memory-primitives.mjs, into an arena: 1.8 times as fast as line by line on Bun, 2.1 times on Deno).
 * Bounds: `batchBytes` UTF-16 units wait as text and `batchBytes` bytes wait encoded; what would pass that while the
 * descriptor takes nothing is dropped, counted, and said in a later line.
 * Callers pass no headers, bodies or query strings: a log must not become a store of secrets.
 */
import { clearTimeout, setTimeout } from "node:timers";
import type { UseReading } from "../memory/memory-books.ts";
import { type LogFields, type LogLevel, lineFormatter } from "./line.ts";
import { arenaLines, freshLines, type LineBuffer } from "./line-buffer.ts";
import { countLines, fileSink, type Sink } from "./sink.ts";

export type { LogFields, LogLevel } from "./line.ts";

export interface LoggerOptions {
  readonly level: LogLevel;
  readonly format: "json" | "text";
  readonly batchBytes: number;
  readonly flushMs: number;
  /** Who writes: "main", "worker-1". */
  readonly thread: string;
  /** Whether batches are encoded into one arena, as by default, or each into a buffer of its own. */
  readonly isArena?: boolean;
  /** File descriptor; standard output by default. */
  readonly fd?: number;
}

export interface LoggerStats {
  /** Lines accepted, dropped ones among them not. */
  readonly lines: number;
  readonly dropped: number;
  /** The fullest that the batch buffer has been. */
  readonly batchHighBytes: number;
}

export interface Logger {
  /** Whether lines of this level are written: check before building an expensive one. */
  enabled(level: LogLevel): boolean;
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** Writes what waits, at an exit or a crash: waits for a full descriptor up to FINAL_WAIT_MS, then drops. */
  flushNow(): void;
  stats(): LoggerStats;
}

/** A logger with memory of its own, as the thread's owner sees it. */
export interface ThreadLogger extends Logger {
  /** Whole lines that are no log lines, such as the banner, in their order among those. Each of them counts. */
  plain(text: string): void;
  /** Writes what the descriptor takes now; the rest waits for its turn. */
  flush(): void;
  /** What the batches hold, for the memory books. */
  memory(): UseReading;
}

const SEVERITY: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };
/** A full pipe is tried again soon: its reader may empty 64 KiB within a millisecond. */
const RETRY_MS = 5;
const FINAL_WAIT_MS = 200;
const FINAL_WAIT_STEP_MS = 5;
const NO_FIELDS: LogFields = {};
const LINES = /[^\n]*\n/g;

export function createLogger(options: LoggerOptions): ThreadLogger {
  const format = lineFormatter(options.format, options.thread);
  const { batchBytes, flushMs, isArena = true } = options;
  const buffer = isArena ? arenaLines(batchBytes) : freshLines(batchBytes);
  const batch = createBatch(batchBytes, flushMs, buffer, fileSink(options.fd ?? 1), lossNotice);
  const severityMin = SEVERITY[options.level];
  // An escaped character takes six at most; an eighth leaves room for the line's own fields.
  const messageCharsMax = Math.floor(options.batchBytes / 8);

  function lossNotice(dropped: number): string {
    return format(Date.now(), "warn", "log lines were dropped: the log's reader is too slow or gone", { dropped });
  }

  function write(level: LogLevel, message: string, fields: LogFields): void {
    if (SEVERITY[level] < severityMin) return;
    const line = format(Date.now(), level, message, fields);
    if (line.length <= options.batchBytes) batch.add(line);
    else {
      // Cutting the finished line would break its JSON: the message is cut, and the fields are left out.
      batch.add(format(Date.now(), level, `${message.slice(0, messageCharsMax)}...`, { cut_from_chars: line.length }));
    }
  }

  return {
    enabled: (level) => SEVERITY[level] >= severityMin,
    debug: (message, fields = NO_FIELDS) => write("debug", message, fields),
    info: (message, fields = NO_FIELDS) => write("info", message, fields),
    warn: (message, fields = NO_FIELDS) => write("warn", message, fields),
    error: (message, fields = NO_FIELDS) => write("error", message, fields),
    plain(text) {
      for (const line of text.match(LINES) ?? []) batch.add(line);
    },
    flush: batch.flush,
    flushNow: batch.flushNow,
    stats: batch.stats,
    memory: batch.memory,
  };
}

interface Batch {
  add(line: string): void;
  flush(): void;
  flushNow(): void;
  stats(): LoggerStats;
  memory(): UseReading;
}

function createBatch(
  batchBytes: number,
  flushMs: number,
  buffer: LineBuffer,
  sink: Sink,
  lossNotice: (dropped: number) => string,
): Batch {
  /** Lines not encoded yet. */
  let text = "";
  /** Where the encoded bytes begin that the descriptor has not taken. */
  let heldFrom = 0;
  let lines = 0;
  let dropped = 0;
  let droppedSaid = 0;
  /** Whether the last write went well: a notice to a reader who is gone would only be lost itself. */
  let taking = true;
  let timer: NodeJS.Timeout | undefined;

  function add(line: string): void {
    if (text.length + line.length > batchBytes) flush();
    if (text.length + line.length > batchBytes) {
      dropped += 1;
      return;
    }
    text += line;
    lines += 1;
    if (dropped !== droppedSaid) sayDropped();
    if (timer === undefined) arm(flushMs);
  }

  /** Adds the notice of lines lost since the last one, once the descriptor takes lines again. */
  function sayDropped(): void {
    const notice = lossNotice(dropped - droppedSaid);
    if (!taking || heldFrom < buffer.usedBytes || text.length + notice.length > batchBytes) return;
    droppedSaid = dropped;
    text += notice;
    lines += 1;
  }

  function arm(pauseMs: number): void {
    timer = setTimeout(onTimer, pauseMs);
    // A waiting line does not keep the process alive; `flushNow` at exit writes it.
    timer.unref();
  }

  function onTimer(): void {
    timer = undefined;
    flush();
    if (!isEmpty()) arm(Math.min(flushMs, RETRY_MS));
  }

  function flush(): void {
    while (drain() && text !== "") encode();
  }

  function encode(): void {
    text = buffer.fill(text);
    heldFrom = 0;
  }

  /** Writes the held bytes; false when the descriptor takes no more for now. */
  function drain(): boolean {
    if (heldFrom === buffer.usedBytes) return true;
    const { written, lost } = sink(buffer.bytes, heldFrom, buffer.usedBytes);
    heldFrom += written;
    taking = lost === 0;
    dropped += lost;
    lines -= lost;
    return heldFrom === buffer.usedBytes;
  }

  function flushNow(): void {
    clearTimeout(timer);
    timer = undefined;
    flush();
    if (dropped !== droppedSaid) sayDropped();
    const pause = new Int32Array(new SharedArrayBuffer(4));
    flush();
    for (let waitedMs = 0; waitedMs < FINAL_WAIT_MS && !isEmpty(); waitedMs += FINAL_WAIT_STEP_MS) {
      Atomics.wait(pause, 0, 0, FINAL_WAIT_STEP_MS);
      flush();
    }
    if (!isEmpty()) dropRest();
  }

  function isEmpty(): boolean {
    return text === "" && heldFrom === buffer.usedBytes;
  }

  function dropRest(): void {
    const rest = countLines(buffer.bytes, heldFrom, buffer.usedBytes) + text.split("\n").length - 1;
    dropped += rest;
    lines -= rest;
    text = "";
    heldFrom = buffer.usedBytes;
  }

  return {
    add,
    flush,
    flushNow,
    stats: () => ({ lines, dropped, batchHighBytes: buffer.highBytes }),
    memory: () => ({ ...buffer.reading(), usedBytes: buffer.usedBytes - heldFrom }),
  };
}
