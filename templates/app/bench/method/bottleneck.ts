/** Who set the pace. A figure of req/s says something about the server only when the server was the one at its limit. */
import type { Figures } from "../report/figures.ts";

export type Bottleneck = "server" | "generator" | "both" | "neither" | "unknown";

/** From here on a CPU counts as full: the rest is what the scheduler and other programs take. */
const FULL = 0.9;

/** `serverCpus`: CPUs that the server can keep busy, the lesser of its workers and its cores. */
export function bottleneckOf(
  { server_cpus_busy: server, generator_cpus_busy: generator }: Figures,
  serverCpus: number,
): Bottleneck {
  if (server === null || generator === null) return "unknown";
  const serverFull = server >= FULL * serverCpus;
  // The generator is one thread, whatever the machine has.
  const generatorFull = generator >= FULL;
  if (serverFull && generatorFull) return "both";
  if (serverFull) return "server";
  return generatorFull ? "generator" : "neither";
}

export const bottleneckTexts: Readonly<Record<Bottleneck, string>> = {
  server: "the server: req/s is what it can do on these cores",
  generator: "the GENERATOR: the server can do more; judge by CPU per request",
  both: "server and generator alike: both were busy; judge by CPU per request",
  neither: "neither: both had time left, so more --connections or a quieter machine would give more",
  unknown: "not known: CPU time cannot be read here",
};
