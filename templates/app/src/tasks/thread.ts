/** A task thread: loads the user's tasks and nothing else of the server. */
import { tasks } from "../app/tasks.ts";
import { serveTasks } from "./serve-tasks.ts";

serveTasks(tasks);
