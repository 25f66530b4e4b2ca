/**
 * What a peer has to do to be this server's equal. Nothing of it is written down twice: this server is asked, and what it
 * was seen to send is what the peers have to send.
 */
import type { Answer } from "./answer.ts";

export type HeaderField = readonly [name: string, value: string];

/** As servers/order.mjs reads it from the environment. */
export interface PeerOrder {
  /** Whether each request is counted and timed. */
  readonly equal: boolean;
  /** Fixed ones of every response, names in lower case. */
  readonly headers: readonly HeaderField[];
  /** "": there is none. */
  readonly requestIdHeader: string;
  readonly constantHasId: boolean;
}

export const bareOrder: PeerOrder = { equal: false, headers: [], requestIdHeader: "", constantHasId: false };

/** What the runtimes send by themselves, each in its own way. */
const ofTheRuntime: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "content-type",
  "date",
  "etag",
  "keep-alive",
  "server",
  "transfer-encoding",
]);

/** The fields that a server was made to send. */
export function fieldsOf({ headers }: Pick<Answer, "headers">): readonly HeaderField[] {
  return [...headers].filter(([name]) => !ofTheRuntime.has(name));
}

/** A route's answers to two equal requests: what differs between them is of the request. */
export type Twice = readonly [Answer, Answer];

/** @param constant a route without a parameter that this server may send without running anything */
export function equalOrder(constant: Twice, others: readonly Twice[]): PeerOrder {
  const all = [constant, ...others];
  const everywhere = fixedFields(constant).filter(([name, value]) =>
    all.every((answers) => fixedFields(answers).some((field) => field[0] === name && field[1] === value)),
  );
  const [id = ""] = others.flatMap(changingNames);
  return { equal: true, headers: everywhere, requestIdHeader: id, constantHasId: changingNames(constant).includes(id) };
}

function fixedFields([first, second]: Twice): readonly HeaderField[] {
  return fieldsOf(first).filter(([name, value]) => second.headers.get(name) === value);
}

function changingNames([first, second]: Twice): readonly string[] {
  return fieldsOf(first)
    .filter(([name, value]) => second.headers.has(name) && second.headers.get(name) !== value)
    .map(([name]) => name);
}
