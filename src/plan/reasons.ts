/** Reasons as data: how they are made, and how they are said. */
import type { Capability } from "../../templates/app/src/runtime/capabilities.ts";
import { assert } from "../lib/assert.ts";
import type { Reason } from "./decision.ts";
import type { Verdict } from "./rule.ts";
import { type ReasonArgs, type ReasonCode, sentences } from "./sentences.ts";

export function reason<Code extends ReasonCode>(code: Code, args: ReasonArgs<Code>): Reason {
  return { code, args } as unknown as Reason;
}

/** The reason as English: one or two full sentences on one line. */
export function say({ code, args }: Reason): string {
  // The union of all sentences takes the intersection of all arguments; `Reason` pairs each code with its own.
  const sentence = sentences[code] as (args: Reason["args"]) => string;
  return sentence(args);
}

/** The verdict of a rule whose setting this runtime does not have, in the capability's own words. */
export function absent(capability: Capability): Verdict<undefined> {
  assert(capability.reason !== undefined, "a capability that is missing states no reason");
  return { value: undefined, reason: reason("not_on_runtime", { why: capability.reason }) };
}
