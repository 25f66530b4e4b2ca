/** Whether the server speaks TLS, and with which files. */
import { capabilities } from "../../../templates/app/src/runtime/capabilities.ts";
import type { TlsMode } from "../../answers/choices.ts";
import { reason } from "../reasons.ts";
import { type KeysOf, type RuleTable, rule } from "../rule.ts";
import { derived, documented } from "../sources.ts";

/** Names as ACME clients write them, relative to the project; "dev" files are made on first start. */
const tlsFiles: Readonly<Record<Exclude<TlsMode, "off">, { readonly cert: string; readonly key: string }>> = {
  files: { cert: "certs/fullchain.pem", key: "certs/privkey.pem" },
  dev: { cert: "certs/dev-cert.pem", key: "certs/dev-key.pem" },
};

export const tlsRules = {
  "tls.mode": rule({
    unit: "none",
    reads: ["answers.tls", "answers.exposure"],
    source: derived("the answer itself"),
    decide: (read) => {
      const tls = read("answers.tls");
      if (tls !== "off") return { value: tls, reason: reason("tls_files", { tls }) };
      return { value: "off", reason: reason("tls_off", { exposure: read("answers.exposure") }) };
    },
  }),
  "tls.profile": rule({
    unit: "none",
    reads: ["answers.tlsProfile", "adapter"],
    source: documented("https://wiki.mozilla.org/Security/Server_Side_TLS"),
    decide: (read) => {
      const profile = read("answers.tlsProfile");
      const fixed = !capabilities[read("adapter")].tlsProfile.has;
      return { value: profile, reason: fixed ? reason("tls_profile_fixed", {}) : reason("tls_profile", { profile }) };
    },
  }),
  "tls.cert": rule({
    unit: "none",
    reads: ["answers.tls"],
    source: documented("https://eff-certbot.readthedocs.io/en/stable/using.html#where-are-my-certificates"),
    decide: (read) => {
      const tls = read("answers.tls");
      if (tls === "off") return { value: undefined, reason: reason("tls_no_files", {}) };
      return { value: tlsFiles[tls].cert, reason: reason("tls_cert", { tls }) };
    },
  }),
  "tls.key": rule({
    unit: "none",
    reads: ["answers.tls"],
    source: documented("https://eff-certbot.readthedocs.io/en/stable/using.html#where-are-my-certificates"),
    decide: (read) => {
      const tls = read("answers.tls");
      if (tls === "off") return { value: undefined, reason: reason("tls_no_files", {}) };
      return { value: tlsFiles[tls].key, reason: reason("tls_key", {}) };
    },
  }),
} satisfies RuleTable<KeysOf<"tls">>;
