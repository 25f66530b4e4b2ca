/** The name under which a request is found again in the log. */
import { featureRule } from "../feature-rule.ts";
import { reason } from "../reasons.ts";
import type { KeysOf, RuleTable } from "../rule.ts";
import { derived, documented } from "../sources.ts";

const herokuIds = documented("https://devcenter.heroku.com/articles/http-request-id");

export const requestIdRules = {
  "request_id.header": featureRule("request-id", {
    unit: "none",
    reads: [],
    source: herokuIds,
    decide: () => ({ value: "x-request-id", reason: reason("request_id_header", {}) }),
  }),
  "request_id.accept": featureRule("request-id", {
    unit: "none",
    reads: ["answers.exposure"],
    source: derived("an id is worth what its writer is worth, and a proxy that sets none passes the client's on"),
    decide: (read) =>
      read("answers.exposure") === "direct"
        ? { value: false, reason: reason("request_id_direct", {}) }
        : { value: false, reason: reason("request_id_proxy", {}) },
  }),
} satisfies RuleTable<KeysOf<"request_id">>;
