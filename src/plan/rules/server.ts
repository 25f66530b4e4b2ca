/** Where the data plane listens. */
import { capabilities } from "../../../templates/app/src/runtime/capabilities.ts";
import type { Workload } from "../../answers/choices.ts";
import { absent, reason } from "../reasons.ts";
import { type KeysOf, type RuleTable, rule } from "../rule.ts";
import { assumed, derived, documented } from "../sources.ts";

/** Room for a burst of new connections between two turns of the event loop. */
export const backlogWanted = { api: 1024, static: 1024, upload: 1024, mixed: 1024, realtime: 4096 } as const;

export const serverRules = {
  "server.host": rule({
    unit: "none",
    reads: ["answers.exposure", "facts.container"],
    source: derived("an address is open only where somebody must reach it from outside"),
    decide: (read) => {
      if (read("answers.exposure") === "direct") return { value: "0.0.0.0", reason: reason("host_direct", {}) };
      return ["docker", "podman", "kubernetes"].includes(read("facts.container"))
        ? { value: "0.0.0.0", reason: reason("host_container", {}) }
        : { value: "127.0.0.1", reason: reason("host_proxy", {}) };
    },
  }),
  "server.port": rule({
    unit: "port",
    reads: ["answers.port"],
    source: derived("the answer itself"),
    decide: (read) => ({ value: read("answers.port"), reason: reason("port_answer", {}) }),
  }),
  "server.backlog_max": rule({
    unit: "count",
    reads: ["adapter", "answers.workload", "facts.somaxconn"],
    source: assumed("twice the runtimes' default of 511, and 4096 where many clients reconnect at once"),
    bounds: (read) => ({
      min: { value: 1, by: reason("bound_positive", {}) },
      max: { value: read("facts.somaxconn"), by: reason("bound_somaxconn", { somaxconn: read("facts.somaxconn") }) },
    }),
    decide: (read) => {
      const { backlog } = capabilities[read("adapter")];
      if (!backlog.has) return absent(backlog);
      const workload = read("answers.workload");
      return { value: backlogWanted[workload], reason: reason("backlog", { workload }) };
    },
  }),
  "server.trailing_slash": rule({
    unit: "none",
    reads: ["answers.workload"],
    source: documented("https://nginx.org/en/docs/http/ngx_http_core_module.html#location"),
    decide: (read) =>
      forgivesSlashes.has(read("answers.workload"))
        ? { value: "redirect", reason: reason("slash_redirect", {}) }
        : { value: "strict", reason: reason("slash_strict", {}) },
  }),
} satisfies RuleTable<KeysOf<"server">>;

/** Files in folders: a link to a folder without its slash is the commonest slip, and file servers forgive it. */
const forgivesSlashes: ReadonlySet<Workload> = new Set<Workload>(["static", "mixed"]);

export const adminRules = {
  "admin.host": rule({
    unit: "none",
    reads: [],
    source: derived("metrics and configuration tell a stranger too much"),
    decide: () => ({ value: "127.0.0.1", reason: reason("admin_host", {}) }),
  }),
  "admin.port": rule({
    unit: "port",
    reads: ["answers.port"],
    source: documented("https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/"),
    decide: (read) => {
      const taken = read("answers.port") === METRICS_PORT;
      return { value: taken ? METRICS_PORT + 1 : METRICS_PORT, reason: reason("admin_port", { taken }) };
    },
  }),
  "admin.token_file": rule({
    unit: "none",
    reads: [],
    source: derived("a secret is made by whoever runs the server, and never by a generator"),
    decide: () => ({ value: undefined, reason: reason("admin_token", {}) }),
  }),
} satisfies RuleTable<KeysOf<"admin">>;

/** OpenTelemetry's default port for a Prometheus endpoint; 9090 would collide with Prometheus itself. */
const METRICS_PORT = 9464;
