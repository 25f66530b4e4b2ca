/** The pool's lines of the metrics page. */
import type { TaskPool } from "./task-pool.ts";

export function taskMetrics(pool: TaskPool): string {
  const { done, failed, timedOut, refused, cancelled, threadDeaths } = pool.counts;
  const results = { done, failed, timed_out: timedOut, refused, cancelled };
  const samples = Object.entries(results).map(
    ([result, count]) => `fastserve_tasks_total{result="${result}"} ${count}\n`,
  );
  return [
    head("fastserve_tasks_total", "counter", "Tasks by how they ended; refused: the queue was full."),
    ...samples,
    head("fastserve_tasks_queued", "gauge", "Tasks that wait for a thread."),
    `fastserve_tasks_queued ${pool.queued}\n`,
    head("fastserve_tasks_running", "gauge", "Threads that work on a task, late ones included."),
    `fastserve_tasks_running ${pool.running}\n`,
    head("fastserve_task_thread_deaths_total", "counter", "Task threads that ended by themselves."),
    `fastserve_task_thread_deaths_total ${threadDeaths}\n`,
  ].join("");
}

function head(name: string, type: "counter" | "gauge", help: string): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
}
