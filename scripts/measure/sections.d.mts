export interface Section {
  readonly what: string;
  readonly minutes: number;
  /** Names below docs/measurements, without their endings. */
  readonly files: readonly string[];
  readonly citedBy: string;
  readonly needs: readonly string[];
  readonly command: readonly string[];
  readonly smoke: readonly string[];
  /** What a smoke run writes, when that is something else. */
  readonly smokeFiles?: readonly string[];
}

export const sections: Readonly<Record<string, Section>>;
