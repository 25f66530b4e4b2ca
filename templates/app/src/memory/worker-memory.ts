/** The memory that one worker owns and uses again and again, as the configuration has it. */
import type { ServerConfig } from "../config/schema.ts";
import { MemoryBooks } from "./memory-books.ts";

export interface WorkerMemory {
  readonly settings: ServerConfig["memory"];
  readonly books: MemoryBooks;
}

export function createWorkerMemory(config: Pick<ServerConfig, "memory">): WorkerMemory {
  return { settings: config.memory, books: new MemoryBooks() };
}
