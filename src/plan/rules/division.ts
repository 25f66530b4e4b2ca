/** How the spare memory is divided, as several rules read it. */
import { divide, type Shares, spareBytes } from "../budget.ts";
import { connectionBytes } from "../capacity.ts";
import type { Read } from "../rule.ts";
import { readThreadShape, threadShapeReads } from "./shape-reads.ts";

/** What one connection costs depends on these. */
export const connectionReads = ["adapter", "answers.workload", "answers.tls", "features.websocket"] as const;

export function eachConnectionBytes(read: Read<(typeof connectionReads)[number]>): number {
  return connectionBytes({
    adapter: read("adapter"),
    workload: read("answers.workload"),
    tls: read("answers.tls"),
    webSockets: read("features.websocket"),
  });
}

/** What the division depends on. */
export const divisionReads = [
  ...threadShapeReads,
  "memory.limit_bytes",
  "answers.workload",
  "answers.connections",
] as const;

/** Read only when connections were asked for: what each of them costs. */
type DivisionRead = Read<(typeof divisionReads)[number] | (typeof connectionReads)[number]>;

export function divisionOf(read: DivisionRead): Shares {
  const asked = read("answers.connections");
  const askedBytes = asked === undefined ? undefined : asked * eachConnectionBytes(read);
  const spare = spareBytes(readThreadShape(read), read("memory.limit_bytes"));
  return divide(read("answers.workload"), spare, askedBytes);
}
