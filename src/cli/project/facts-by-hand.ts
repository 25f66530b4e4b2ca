/**
 * Facts that somebody edited in `fastserve.json`. The first run after the edit marks them, so that the next one, which
 * finds the same facts in its records, still knows them for a wish and not for what the target said.
 */
import type { Fact, FactKey, HardwareFacts } from "../../facts/hardware-facts.ts";
import { PROJECT_FILE } from "../../tree/project-file.ts";

const SOURCE = `edited in ${PROJECT_FILE}`;

/**
 * The facts with those marked whose value was changed since `recorded`, by hand or with facts that another machine
 * printed. One that is a table's again, as in an earlier commit, is none.
 */
export function markEdited(facts: HardwareFacts, recorded: HardwareFacts): HardwareFacts {
  const keys = Object.keys(facts) as FactKey[];
  const entries = keys.map((key) => [key, isEdited(facts[key], recorded[key]) ? edited(facts[key]) : facts[key]]);
  return Object.fromEntries(entries) as HardwareFacts;
}

export function hasEdited(facts: HardwareFacts): boolean {
  return Object.values(facts).some(({ source }) => source === SOURCE);
}

function isEdited({ value, origin }: Fact<unknown>, recorded: Fact<unknown> | undefined): boolean {
  if (JSON.stringify(value) === JSON.stringify(recorded?.value)) return false;
  return origin === recorded?.origin || origin === "detected";
}

function edited({ value }: Fact<unknown>): Fact<unknown> {
  return { value, origin: "given", source: SOURCE };
}
