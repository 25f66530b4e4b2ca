/** Whose word on a client's address counts. */
import { reason } from "../reasons.ts";
import { type KeysOf, type RuleTable, rule } from "../rule.ts";
import { documented } from "../sources.ts";

/** Loopback: a proxy on the same machine, and nobody else, can connect from there. */
const loopback: readonly string[] = ["127.0.0.0/8", "::1/128"];

export const proxyRules = {
  "proxy.trusted": rule({
    unit: "none",
    reads: ["answers.exposure"],
    source: documented(
      "https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/X-Forwarded-For#selecting_an_ip_address",
    ),
    decide: (read) =>
      read("answers.exposure") === "proxy"
        ? { value: loopback, reason: reason("trusted_loopback", {}) }
        : { value: [], reason: reason("trusted_nobody", {}) },
  }),
  "proxy.header": rule({
    unit: "none",
    reads: ["answers.exposure"],
    source: documented("https://nginx.org/en/docs/http/ngx_http_proxy_module.html#var_proxy_add_x_forwarded_for"),
    decide: (read) =>
      read("answers.exposure") === "proxy"
        ? { value: "x-forwarded-for", reason: reason("forwarded_proxy", {}) }
        : { value: "none", reason: reason("forwarded_nobody", {}) },
  }),
} satisfies RuleTable<KeysOf<"proxy">>;
