/** The logger of one of the server's threads, as the configuration has it. */
import type { ServerConfig } from "../config/schema.ts";
import { createLogger, type ThreadLogger } from "./logger.ts";

export function threadLogger({ log, memory }: Pick<ServerConfig, "log" | "memory">, thread: string): ThreadLogger {
  return createLogger({
    level: log.level,
    format: log.format,
    batchBytes: log.batch_bytes,
    flushMs: log.flush_ms,
    isArena: memory.log_arena,
    thread,
  });
}
