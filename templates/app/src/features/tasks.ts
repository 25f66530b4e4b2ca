/** CPU-heavy work on threads beside the workers: a bounded pool with a bounded queue and a deadline. */
import type { ControlHooks, ControlServices, Feature, FeatureHooks, FeatureServices } from "../http/feature.ts";
import { capabilities } from "../runtime/capabilities.ts";
import type { ToPool } from "../tasks/messages.ts";
import { TaskClient, useClient } from "../tasks/task-client.ts";
import { taskMetrics } from "./tasks/task-metrics.ts";
import { TaskPool } from "./tasks/task-pool.ts";

/** The feature over one module of threads, which calls `serveTasks` with its table. */
export function tasksFeature(threadModule: URL): Feature {
  return {
    name: "tasks",
    control: (services) => controlHooks(threadModule, services),
    install: featureHooks,
  };
}

export const tasks: Feature = tasksFeature(new URL("../tasks/thread.ts", import.meta.url));

function controlHooks(threadModule: URL, services: ControlServices): ControlHooks {
  const { config, logger, runtime } = services;
  const { threads, queue_max, deadline_ms } = config.tasks;
  if (threads === 0) return {};
  const pool = new TaskPool({
    threads,
    queueMax: queue_max,
    deadlineMs: deadline_ms,
    restartMs: { min: config.workers.restart_ms_min, max: config.workers.restart_ms_max },
    endsBusyThreads: capabilities[runtime.adapter].taskTermination.has,
    start: (message, error) => runtime.startThread(threadModule, { message, error }),
    onDeath: (reason) => logger.error("a task thread died", { reason }),
  });
  return {
    message(data, answer, worker) {
      const message = data as ToPool;
      if (message.type === "cancel") pool.cancel(worker, message.id);
      else pool.submit(message, worker, (outcome, transfer) => answer({ ...outcome, id: message.id }, transfer));
    },
    metrics: () => taskMetrics(pool),
    reclaim: (worker) => pool.forget(worker),
    stop: () => pool.stop(),
  };
}

function featureHooks({ port }: FeatureServices): FeatureHooks {
  if (!port) return {};
  const client = new TaskClient(port);
  useClient(client);
  return {
    stop() {
      client.close();
      useClient(undefined);
    },
  };
}
