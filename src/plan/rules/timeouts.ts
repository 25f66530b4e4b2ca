/** How long the server waits for clients, and how it stops. */
import { capabilities } from "../../../templates/app/src/runtime/capabilities.ts";
import { minutes, seconds } from "../../lib/units.ts";
import { absent, reason } from "../reasons.ts";
import { type KeysOf, type RuleTable, rule } from "../rule.ts";
import { assumed, derived, documented } from "../sources.ts";

/** Time for a whole request. Uploads get Node's default of five minutes. */
const requestMs = {
  api: seconds(30),
  static: seconds(30),
  realtime: seconds(30),
  mixed: minutes(2),
  upload: minutes(5),
} as const;

/** `docker stop` sends SIGKILL after 10 s unless told otherwise; one second is left to exit. */
const DOCKER_GRACE_MS = seconds(10) - seconds(1);

/** Bun keeps its idle timeout in a byte of seconds. */
const BUN_IDLE_MS_MAX = seconds(255);
/** Bun's idle timeout cuts silent answers too; so much earlier the handler's own time ends, and its 503 gets out. */
const HANDLER_MARGIN_MS = seconds(5);

export const timeoutRules = {
  "timeouts.head_ms": rule({
    unit: "ms",
    reads: ["adapter"],
    source: documented(
      "https://www.haproxy.com/documentation/haproxy-configuration-manual/latest/#4-timeout%20http-request",
    ),
    decide: (read) => {
      const adapter = read("adapter");
      const { headTimeout } = capabilities[adapter];
      // Bun has such a timeout without a setting for it: a value here would promise what nothing does.
      if (!headTimeout.has || adapter === "bun") return absent(headTimeout);
      return { value: seconds(10), reason: reason("head_timeout", {}) };
    },
  }),
  "timeouts.request_ms": rule({
    unit: "ms",
    reads: ["adapter", "answers.workload"],
    source: documented("https://nodejs.org/api/http.html#serverrequesttimeout"),
    decide: (read) => {
      const { requestTimeout } = capabilities[read("adapter")];
      if (!requestTimeout.has) return absent(requestTimeout);
      const workload = read("answers.workload");
      return { value: requestMs[workload], reason: reason("request_timeout", { workload }) };
    },
  }),
  "timeouts.idle_ms": rule({
    unit: "ms",
    reads: ["adapter", "answers.exposure", "answers.workload", "timeouts.handler_ms"],
    source: documented("https://nginx.org/en/docs/http/ngx_http_upstream_module.html#keepalive_timeout"),
    bounds: (read) => {
      if (read("adapter") !== "bun") return {};
      const handlerMs = read("timeouts.handler_ms") ?? 0;
      return {
        min: { value: handlerMs + HANDLER_MARGIN_MS, by: reason("bound_bun_idle_handler", { handlerMs }) },
        max: { value: BUN_IDLE_MS_MAX, by: reason("bound_bun_idle", {}) },
      };
    },
    decide: (read) => {
      const { idleTimeout } = capabilities[read("adapter")];
      if (!idleTimeout.has) return absent(idleTimeout);
      if (read("answers.exposure") === "proxy") return { value: seconds(75), reason: reason("idle_proxy", {}) };
      return read("answers.workload") === "upload"
        ? { value: seconds(60), reason: reason("idle_upload", {}) }
        : { value: seconds(30), reason: reason("idle_direct", {}) };
    },
  }),
  "timeouts.handler_ms": rule({
    unit: "ms",
    reads: ["answers.workload", "adapter"],
    source: documented("https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_read_timeout"),
    bounds: (read) =>
      read("adapter") === "bun"
        ? { max: { value: BUN_IDLE_MS_MAX - HANDLER_MARGIN_MS, by: reason("bound_bun_handler", {}) } }
        : {},
    decide: (read) => {
      const workload = read("answers.workload");
      return { value: requestMs[workload], reason: reason("handler_timeout", { workload }) };
    },
  }),
  "timeouts.drain_delay_ms": rule({
    unit: "ms",
    reads: ["answers.exposure", "answers.deploy"],
    source: assumed("a load balancer asks for readiness every few seconds"),
    decide: (read) => {
      if (read("answers.exposure") === "direct") return { value: 0, reason: reason("drain_delay_direct", {}) };
      return read("answers.deploy").includes("docker")
        ? { value: seconds(3), reason: reason("drain_delay_docker", {}) }
        : { value: seconds(5), reason: reason("drain_delay_proxy", {}) };
    },
  }),
  "timeouts.drain_ms": rule({
    unit: "ms",
    reads: ["answers.deploy", "timeouts.drain_delay_ms"],
    source: documented("https://docs.docker.com/reference/cli/docker/container/stop/"),
    decide: (read) => {
      const delayMs = read("timeouts.drain_delay_ms");
      return read("answers.deploy").includes("docker")
        ? { value: DOCKER_GRACE_MS - delayMs, reason: reason("drain_docker", { delayMs }) }
        : {
            value: seconds(30),
            reason: reason("drain", {}),
            source: derived("longer than most requests, shorter than systemd's 90 s"),
          };
    },
  }),
} satisfies RuleTable<KeysOf<"timeouts">>;
