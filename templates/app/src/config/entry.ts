/** One value with the place where it was set: what the readers of all layers give. */
import type { ConfigProblem, Place } from "./problem.ts";

export interface Entry {
  /** Dotted, as written: may name no setting. */
  readonly key: string;
  readonly value: unknown;
  readonly place: Place;
}

export interface Reading {
  readonly entries: readonly Entry[];
  readonly problems: readonly ConfigProblem[];
  /** Whether the whole source could be read; after a syntax error nothing of a file is known. */
  readonly complete: boolean;
}
