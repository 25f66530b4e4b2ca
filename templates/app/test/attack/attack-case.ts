/**
 * One attack: bytes that go to a raw socket, and what must come of them.
 *
 * What matters is not the answer alone but which requests handlers really saw: a request that exists only because the
 * server and somebody before it disagree about where the last one ended is what smuggling is made of.
 */

/** The kinds of attack, in the order of the report. */
export const attackClasses = [
  "length",
  "coding",
  "chunks",
  "lines",
  "request-line",
  "target",
  "host",
  "fields",
  "size",
  "connection",
  "upgrade",
  "sequence",
  "early-close",
  "protocol",
] as const;
export type AttackClass = (typeof attackClasses)[number];

/** What the client does next: text is sent as it is, one byte per character. */
export type Step =
  | string
  /** Waits until this many responses have arrived in all, or the connection has ended. */
  | { readonly do: "await"; readonly responses: number }
  /** Sends nothing more: a half-closed connection. */
  | { readonly do: "end" }
  /** Goes away without a word. */
  | { readonly do: "leave" };

/** One thing that may come of a case; what is none of its case's expectations is a deviation. */
export interface Expectation {
  /**
   * "handled": served, but the client is not there for the answer. "foreign": answered in the protocol that was spoken,
   * which is not HTTP/1.1.
   */
  readonly outcome: "served" | "refused" | "waits" | "handled" | "foreign";
  /** What handlers see whole, in this order, each answered with 200. */
  readonly records: readonly string[];
  /** Whether the connection must end after that. */
  readonly closes: boolean;
  /** Of a refusal: the statuses that may be answered. */
  readonly statuses: readonly number[];
  /** Of a refusal: whether ending the connection without an answer will do. */
  readonly silent: boolean;
}

export interface AttackCase {
  readonly id: string;
  readonly title: string;
  /** The rule, or the published attack, that the expectation is derived from. */
  readonly source: string;
  readonly steps: readonly Step[];
  /** Any of these will do. */
  readonly expect: readonly Expectation[];
  /** Each byte goes out alone. */
  readonly byteByByte?: boolean;
  /** The responses answer HEAD, so a length there announces no body. */
  readonly heads?: boolean;
  /** Goes to a listener with TLS, in plain text. */
  readonly tlsPort?: boolean;
}

/** What a handler leaves in the record: "POST /path body"; a body that did not arrive whole is "(broken)". */
export const BROKEN = "(broken)";

/** A request on this path may only ever exist inside another one's body. */
export const SMUGGLED_PATH = "/smuggled";
