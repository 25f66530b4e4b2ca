/** What a target asks of this plan: its published figure, scaled to the CPUs or the connections that there are. */
import { CONNECTIONS_RESERVED } from "../cases/idle-bound.ts";
import { numberText } from "../report/figure-text.ts";
import { PUBLISHED_CPUS, type Target } from "./targets.ts";

export interface Plan {
  /** CPUs that the server can keep busy. */
  readonly serverCpus: number;
  /** `limits.connections_max`. */
  readonly connectionsMax: number;
}

export interface ScaledBound {
  readonly bound: number;
  /** How it was scaled; null: as published. */
  readonly scaled: string | null;
}

export function scaledBound({ published, scale }: Pick<Target, "published" | "scale">, plan: Plan): ScaledBound {
  switch (scale) {
    case "none":
      return { bound: published, scaled: null };
    case "by limits.connections_max":
      return boundByConnections(published, plan);
    case "by CPU":
    case "one CPU":
      return boundByCpus(published, scale, plan);
  }
}

/** CPUs that this target's part of the server can keep busy. */
export function cpusFor({ scale }: Pick<Target, "scale">, { serverCpus }: Pick<Plan, "serverCpus">): number {
  return scale === "one CPU" ? Math.min(1, serverCpus) : serverCpus;
}

function boundByConnections(published: number, { connectionsMax }: Plan): ScaledBound {
  // One at least: no connection at all is nothing to promise.
  const bound = Math.max(1, connectionsMax - CONNECTIONS_RESERVED);
  if (bound >= published) return { bound: published, scaled: null };
  return {
    bound,
    scaled:
      `${whole(published)} as published; this plan admits ${whole(connectionsMax)}, ` +
      `${CONNECTIONS_RESERVED} of which the bench needs itself`,
  };
}

function boundByCpus(published: number, scale: "by CPU" | "one CPU", plan: Plan): ScaledBound {
  const cpus = cpusFor({ scale }, plan);
  const fills =
    scale === "by CPU" ? `this server can fill ${cpus}` : `this is one worker's work, which can fill ${cpus}`;
  return {
    bound: (published / PUBLISHED_CPUS) * cpus,
    scaled: `${whole(published)} as published, without a machine; read as for ${PUBLISHED_CPUS} CPUs, and ${fills}`,
  };
}

/** 98123.4 as "98,123". */
export function whole(value: number): string {
  return numberText(value, { divisor: 1, decimals: 0 });
}
