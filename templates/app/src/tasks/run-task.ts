/** Runs the tasks of src/app/tasks.ts, typed from that table; their code is loaded by the task threads alone. */
import type { tasks } from "../app/tasks.ts";
import type { RunTask } from "./task-client.ts";
import { currentClient } from "./task-client.ts";

/**
 * Runs a task on a thread and resolves with its result. Rejects with what the task threw, with HttpError 503 TASKS_FULL
 * when tasks.queue_max tasks wait already, and with HttpError 503 TASK_TIMEOUT after tasks.deadline_ms.
 *
 *   "POST /checksum": async (context) => runTask("checksum", await context.bytes()),
 */
export const runTask: RunTask<typeof tasks> = (name, ...args) => currentClient().run(name, args[0], args[1]);
