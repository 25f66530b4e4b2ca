/** How much one client may ask for. */
import type { Workload } from "../../answers/choices.ts";
import { featureRule } from "../feature-rule.ts";
import { reason } from "../reasons.ts";
import type { KeysOf, RuleTable } from "../rule.ts";
import { assumed, derived, documented } from "../sources.ts";
import { CLIENT_BYTES, CLIENTS_MAX, clientsReads, readClientsBytes } from "./feature-memory.ts";

/** An address may stand for an office; a page with its files is some seventy requests, and a socket is opened once. */
const requestsPerSecond: Readonly<Record<Workload, number>> = {
  api: 100,
  static: 200,
  realtime: 20,
  upload: 20,
  mixed: 100,
};

/** So many seconds' requests at once: a page and what it loads. */
const BURST_SECONDS = 2;

/** Ten browsers behind one address, with the six connections that each of them opens. */
const CLIENT_IN_FLIGHT = 60;
/** No client holds more than this part of what the server handles at once. */
const CLIENT_IN_FLIGHT_SHARE_MAX = 1 / 4;

export const rateLimitRules = {
  "rate_limit.requests_per_s": featureRule("rate-limit", {
    unit: "count",
    reads: ["answers.workload"],
    source: assumed("what an office behind one address asks for; the server's own metrics show what your clients do"),
    decide: (read) => {
      const workload = read("answers.workload");
      return { value: requestsPerSecond[workload], reason: reason("rate", { workload }) };
    },
  }),
  "rate_limit.burst": featureRule("rate-limit", {
    unit: "count",
    reads: ["rate_limit.requests_per_s"],
    source: assumed("two seconds' requests at once"),
    decide: (read) => ({
      value: BURST_SECONDS * (read("rate_limit.requests_per_s") ?? 0),
      reason: reason("burst", { seconds: BURST_SECONDS }),
    }),
  }),
  "rate_limit.clients_max": featureRule("rate-limit", {
    unit: "count",
    reads: clientsReads,
    source: derived("the share of the budget, divided by the cells that one client takes in the tables"),
    bounds: () => ({
      min: { value: 1, by: reason("bound_positive", {}) },
      max: { value: CLIENTS_MAX, by: reason("bound_clients", { clients: CLIENTS_MAX }) },
    }),
    decide: (read) => {
      const share = readClientsBytes(read);
      return { value: Math.floor(share / CLIENT_BYTES), reason: reason("clients", { share, each: CLIENT_BYTES }) };
    },
  }),
  "rate_limit.in_flight_per_client_max": featureRule("rate-limit", {
    unit: "count",
    reads: ["limits.in_flight_max"],
    source: derived("ten browsers behind one address, with the six HTTP/1.1 connections that each of them opens"),
    bounds: (read) => {
      const inFlight = read("limits.in_flight_max");
      const value = Math.max(1, Math.floor(inFlight * CLIENT_IN_FLIGHT_SHARE_MAX));
      return { max: { value, by: reason("bound_client_in_flight", { inFlight }) } };
    },
    decide: () => ({ value: CLIENT_IN_FLIGHT, reason: reason("client_in_flight", {}) }),
  }),
  "rate_limit.fields": featureRule("rate-limit", {
    unit: "none",
    reads: [],
    source: documented("https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/"),
    decide: () => ({ value: "refused", reason: reason("rate_fields", {}) }),
  }),
} satisfies RuleTable<KeysOf<"rate_limit">>;
