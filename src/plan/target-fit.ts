/** Whether the target is large enough: its memory, its descriptors, and the connections that were asked for. */
import type { AnswerValues } from "../answers/answers.ts";
import type { FeatureName } from "../answers/choices.ts";
import type { FactValues } from "../facts/hardware-facts.ts";
import type { Problem } from "../lib/errors.ts";
import { formatBytes, MiB } from "../lib/units.ts";
import { adapterOf } from "./adapter.ts";
import {
  ASKED_CONNECTIONS_SHARE_MAX,
  limitBytesMin,
  SPARE_BYTES_MIN,
  spareBytes,
  type ThreadShape,
  threadsMin,
} from "./budget.ts";
import { CONNECTIONS_MAX, connectionBytes, connectionsByDescriptors, nofileHardMin } from "./capacity.ts";
import { reason, say } from "./reasons.ts";

type Sized = Pick<FactValues, "memoryBytes" | "nofileHard">;

/** Problems of size; the connections are judged only on a target that is large enough without them. */
export function capacityProblems(values: AnswerValues, facts: Sized): readonly Problem[] {
  const problems = [...memoryProblems(values, facts), ...descriptorProblems(values, facts)];
  return problems.length > 0 ? problems : connectionProblems(values, facts);
}

function memoryProblems(values: AnswerValues, { memoryBytes: memory }: Sized): readonly Problem[] {
  const adapter = adapterOf(values.runtime, values.exposure);
  const shape = shapeOf(values);
  const fits = (change: Partial<ThreadShape>) => spareBytes({ ...shape, ...change }, memory) >= SPARE_BYTES_MIN;
  if (fits({})) return [];
  const smallest = limitBytesMin(shape);
  const others = [
    adapter !== "bun" && fits({ adapter: "bun" }) ? ", or --runtime bun" : "",
    shape.tasks && fits({ tasks: false }) ? `, or --features ${without(values.features, "tasks")}` : "",
    shape.auth && fits({ auth: false }) ? `, or --features ${without(values.features, "auth")}` : "",
  ].join("");
  return [
    {
      code: "TARGET_TOO_SMALL",
      key: "memory",
      message: say(reason("refuse_memory", { memory, adapter, smallest })),
      next: `Use --memory ${smallest / MiB(1)}m on a target that has it${others}.`,
    },
  ];
}

/** What is left of the chosen features, as it is typed after the flag. */
function without(features: AnswerValues["features"], feature: FeatureName): string {
  return features.filter((name) => name !== feature).join(",") || "none";
}

function shapeOf({ runtime, exposure, features }: AnswerValues): ThreadShape {
  return {
    adapter: adapterOf(runtime, exposure),
    tasks: features.includes("tasks"),
    auth: features.includes("auth"),
  };
}

function descriptorProblems(values: AnswerValues, { nofileHard }: Sized): readonly Problem[] {
  const smallest = nofileHardMin(threadsMin(values.features.includes("tasks")));
  if (nofileHard >= smallest) return [];
  return [
    {
      code: "TARGET_TOO_SMALL",
      key: "nofileHard",
      message: say(reason("refuse_nofile", { nofileHard, smallest })),
      next: `Raise the hard limit on open files to at least ${smallest} (LimitNOFILE= or ulimit -Hn), then probe again.`,
    },
  ];
}

function connectionProblems(values: AnswerValues, facts: Sized): readonly Problem[] {
  const { connections } = values;
  if (connections === undefined) return [];
  const byMemory = connectionsByMemory(values, facts.memoryBytes);
  const sendsFiles = values.features.includes("static-files");
  const byDescriptors = Math.min(connectionsByDescriptors(sendsFiles, facts.nofileHard), CONNECTIONS_MAX);
  const fits = Math.min(byMemory, byDescriptors);
  if (connections <= fits) return [];
  const message =
    byMemory <= byDescriptors
      ? say(reason("refuse_connections", { connections, fits }))
      : say(reason("refuse_connections_descriptors", { connections, fits, nofileHard: facts.nofileHard }));
  const enough = memoryFor(values, connections);
  const memory = enough === undefined || byMemory > byDescriptors ? "" : `, or a target with ${formatBytes(enough)}`;
  return [{ code: "ANSWER_REFUSED", key: "connections", message, next: `Use --connections ${fits}${memory}.` }];
}

/** Connections that fit when they get the largest part that asked-for ones may take. */
export function connectionsByMemory(values: AnswerValues, memoryBytes: number): number {
  const adapter = adapterOf(values.runtime, values.exposure);
  const spare = spareBytes(shapeOf(values), memoryBytes) * ASKED_CONNECTIONS_SHARE_MAX;
  const webSockets = values.features.includes("websocket");
  return Math.max(0, Math.floor(spare / connectionBytes({ ...values, adapter, webSockets })));
}

/** The smallest power of two of memory that holds the connections; undefined above 1 TiB. */
function memoryFor(values: AnswerValues, connections: number): number | undefined {
  for (let memory = MiB(64); memory <= MiB(1024 * 1024); memory *= 2) {
    if (connectionsByMemory(values, memory) >= connections) return memory;
  }
  return undefined;
}
