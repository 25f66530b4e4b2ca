/**
 * Your CPU-heavy work: each function runs on a thread of its own, off the event loops that answer requests.
 * Written once when the project was created; never touched again.
 *
 * A handler calls it by its name: `await runTask("checksum", bytes)`, with `runTask` of src/tasks/run-task.ts. Input
 * and result are copied between threads. The threads have no permissions on Deno: files and network stay out of reach.
 */
import { createHash } from "node:crypto";
import type { TaskTable } from "../tasks/task-table.ts";

export const tasks = {
  /** SHA-256 of the bytes, as hexadecimal digits. */
  checksum: (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex"),
} satisfies TaskTable;
