/** Who may pass on routes that ask. */
import { minutes } from "../../lib/units.ts";
import { featureRule } from "../feature-rule.ts";
import { reason } from "../reasons.ts";
import type { KeysOf, RuleTable } from "../rule.ts";
import { assumed, derived, documented } from "../sources.ts";

/** At most 100 failed attempts per hour on one account. */
const asvs = documented("https://github.com/OWASP/ASVS/blob/v4.0.3/4.0/en/0x11-V2-Authentication.md");

export const authRules = {
  "auth.users_file": featureRule("auth", {
    unit: "none",
    reads: [],
    source: derived("a password that a generator wrote is no secret"),
    decide: () => ({ value: undefined, reason: reason("auth_no_users", {}) }),
  }),
  "auth.bearer_file": featureRule("auth", {
    unit: "none",
    reads: [],
    source: derived("a token that a generator wrote is no secret"),
    decide: () => ({ value: undefined, reason: reason("auth_no_tokens", {}) }),
  }),
  "auth.realm": featureRule("auth", {
    unit: "none",
    reads: ["answers.name"],
    source: documented("https://www.rfc-editor.org/rfc/rfc9110#section-11.5"),
    decide: (read) => ({ value: read("answers.name"), reason: reason("auth_realm", {}) }),
  }),
  "auth.remembered_max": featureRule("auth", {
    unit: "count",
    reads: [],
    source: assumed("users at a time; at some 100 bytes each they are 100 KiB per worker"),
    decide: () => ({ value: 1024, reason: reason("auth_remembered", {}) }),
  }),
  "auth.remembered_ms": featureRule("auth", {
    unit: "ms",
    reads: [],
    source: assumed("how long a changed password may still let somebody in"),
    decide: () => ({ value: minutes(1), reason: reason("auth_remembered_ms", {}) }),
  }),
  "auth.hashes_max": featureRule("auth", {
    unit: "count",
    reads: [],
    source: documented("https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#scrypt"),
    decide: () => ({ value: 1, reason: reason("auth_hashes", {}) }),
  }),
  "auth.failures_max": featureRule("auth", {
    unit: "count",
    reads: [],
    source: asvs,
    decide: () => ({ value: 15, reason: reason("auth_failures", {}) }),
  }),
  "auth.failures_window_ms": featureRule("auth", {
    unit: "ms",
    reads: [],
    source: asvs,
    decide: () => ({ value: minutes(10), reason: reason("auth_failures_window", {}) }),
  }),
} satisfies RuleTable<KeysOf<"auth">>;
