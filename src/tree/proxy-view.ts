/** Plan -> the view of the proxies' configurations: the plan's own limits, and the times that only a proxy keeps. */
import type { SettingKey } from "../../templates/app/src/config/schema.ts";
import type { Plan } from "../plan/plan.ts";
import type { View } from "./render.ts";

/** Time for a whole head where the plan has none of its own: HAProxy's and Apache's advice against slow heads. */
const HEAD_MS = 10_000;
/** Silence within a body or an answer; a quarter of nginx's default of 60 s, which the times for heads make pointless. */
const BODY_SECONDS = 15;
/** Silence between requests of one client: what browsers are worth keeping a descriptor for. */
const IDLE_SECONDS = 30;
/** Time for an answer where handlers have no bound of their own: nginx's default. */
const ANSWER_SECONDS = 60;
/** The proxy waits this much longer than the server, so that the server's own answer arrives. */
const SLACK_SECONDS = 5;
/** The server keeps idle connections this much longer than the proxy. */
const IDLE_MARGIN_SECONDS = 15;
/** A browser opens six connections to a host; many of them share an address behind an office's or a carrier's NAT. */
const CONNECTIONS_PER_CLIENT_MIN = 32;
const CONNECTIONS_PER_CLIENT_MAX = 512;
/** No client gets more than this part of all connections, once that is more than the minimum. */
const CLIENT_SHARE = 1 / 32;
/** Idle connections that the proxy keeps to the server; a loopback connection is made in well under a millisecond. */
const UPSTREAM_CONNECTIONS_MAX = 256;
/** Descriptors of the proxy itself: listeners, logs, temporary files. */
const PROXY_DESCRIPTORS = 512;
/** Twice what the server takes fits both Deno.serve's 64 KiB and node:http's 16 KiB after the proxy's own fields. */
const HEAD_BUFFERS = 2;
const HEAD_BUFFER_BYTES = 16_384;

/** nginx's limit_conn counts in 16 bits. */
const NGINX_LIMIT_MAX = 65_535;

/** The view of both configurations. */
export function proxyView(plan: Plan): View {
  const connectionsMax = number(plan, "limits.connections_max") ?? 1;
  const workerConnections = 2 * connectionsMax + PROXY_DESCRIPTORS;
  const ratePerSecond = number(plan, "rate_limit.requests_per_s") ?? 0;
  const isUpload = plan.answers.workload.value === "upload";
  const adminHost = String(plan.decisions["admin.host"].value);
  const adminPort = String(plan.decisions["admin.port"].value);
  return {
    name: plan.answers.name.value,
    // Plain HTTP until the certificate is in its place.
    listen: "80",
    address: `127.0.0.1:${plan.decisions["server.port"].value}`,
    adminHost,
    adminPort,
    adminAddress: `${adminHost}:${adminPort}`,
    ...timesView(plan),
    urlBytesMax: String(number(plan, "limits.url_bytes_max") ?? 8192),
    headBuffers: String(HEAD_BUFFERS),
    headBufferBytes: String(HEAD_BUFFER_BYTES),
    bodyBytesMax: String(number(plan, "limits.body_bytes_max") ?? 0),
    connectionsMax: String(connectionsMax),
    nginxConnectionsMax: String(Math.min(connectionsMax, NGINX_LIMIT_MAX)),
    connectionsPerClient: String(connectionsPerClient(connectionsMax)),
    workerConnections: String(workerConnections),
    nofile: String(workerConnections + PROXY_DESCRIPTORS),
    serverConnections: String(serverConnections(plan, connectionsMax)),
    upstreamConnections: String(Math.min(UPSTREAM_CONNECTIONS_MAX, connectionsMax)),
    hasRateLimit: ratePerSecond > 0,
    ratePerSecond: String(2 * ratePerSecond),
    rateBurst: String(2 * (number(plan, "rate_limit.burst") ?? 1)),
    hasWebSocket: plan.features.includes("websocket"),
    bodiesAreBuffered: !isUpload,
    bodiesAreStreamed: isUpload,
  };
}

function timesView(plan: Plan): View {
  const handlerMs = number(plan, "timeouts.handler_ms") ?? 0;
  const serverIdleSeconds = (number(plan, "timeouts.idle_ms") ?? 75_000) / 1000;
  return {
    headSeconds: seconds(number(plan, "timeouts.head_ms") ?? HEAD_MS),
    bodySeconds: String(BODY_SECONDS),
    idleSeconds: String(IDLE_SECONDS),
    upstreamIdleSeconds: String(Math.max(1, Math.floor(serverIdleSeconds - IDLE_MARGIN_SECONDS))),
    answerSeconds: String(handlerMs > 0 ? Math.ceil(handlerMs / 1000) + SLACK_SECONDS : ANSWER_SECONDS),
    socketIdleSeconds: String(Math.ceil((number(plan, "websocket.idle_ms") ?? 0) / 1000) + SLACK_SECONDS),
    drainSeconds: seconds(number(plan, "timeouts.drain_ms") ?? 0),
  };
}

/** A request has a connection to the server while it is handled, and a WebSocket for as long as it lives. */
function serverConnections(plan: Plan, connectionsMax: number): number {
  const requests = number(plan, "limits.in_flight_max") ?? 1;
  return Math.min(connectionsMax, requests + (number(plan, "websocket.connections_max") ?? 0));
}

function connectionsPerClient(connectionsMax: number): number {
  const share = Math.floor(connectionsMax * CLIENT_SHARE);
  return Math.min(CONNECTIONS_PER_CLIENT_MAX, Math.max(CONNECTIONS_PER_CLIENT_MIN, share));
}

/** undefined: this server has no such setting. */
function number(plan: Plan, key: SettingKey): number | undefined {
  const { value } = plan.decisions[key];
  return typeof value === "number" ? value : undefined;
}

function seconds(ms: number): string {
  return String(Math.max(1, Math.ceil(ms / 1000)));
}
