/** Whether a peer does the same work: its answers are compared with this server's before anything is measured. */
import type { Answer } from "./answer.ts";
import { fieldsOf, type PeerOrder } from "./peer-order.ts";

/** A body in a sentence. */
const BODY_CHARS_MAX = 60;

/**
 * What keeps the peer's answer from being equal, in words; none: it is equal. Bodies byte by byte; of the content type the
 * essence, because servers spell its parameters in their own way. At the level "equal" the header fields too.
 */
export function answerDifferences(own: Answer, peer: Answer, order: PeerOrder): readonly string[] {
  const differences: string[] = [];
  if (peer.status !== own.status) differences.push(`status ${peer.status} instead of ${own.status}`);
  if (peer.body !== own.body) differences.push(`body ${shown(peer.body)} instead of ${shown(own.body)}`);
  const [type, ownType] = [essenceOf(peer), essenceOf(own)];
  if (type !== ownType) differences.push(`content type ${type || "none"} instead of ${ownType || "none"}`);
  return order.equal ? [...differences, ...fieldDifferences(own, peer, order)] : differences;
}

function fieldDifferences(own: Answer, peer: Answer, order: PeerOrder): readonly string[] {
  const ownNames = new Set(fieldsOf(own).map(([name]) => name));
  const wanted = [...order.headers.map(([name]) => name), order.requestIdHeader].filter((name) => ownNames.has(name));
  return [
    ...wanted.filter((name) => !peer.headers.has(name)).map((name) => `no ${name}`),
    ...order.headers
      .filter(([name, value]) => peer.headers.has(name) && peer.headers.get(name) !== value)
      .map(([name, value]) => `${name} ${shown(peer.headers.get(name) ?? "")} instead of ${shown(value)}`),
    ...fieldsOf(peer)
      .filter(([name]) => !ownNames.has(name))
      .map(([name]) => `${name}, which this server does not send`),
  ];
}

/** Fields that only some of this server's routes have; no peer is asked for them. */
export function fieldsOfSingleRoutes(answers: readonly Answer[], order: PeerOrder): readonly string[] {
  const known = new Set([...order.headers.map(([name]) => name), order.requestIdHeader]);
  return [...new Set(answers.flatMap((answer) => fieldsOf(answer).map(([name]) => name)))].filter(
    (name) => !known.has(name),
  );
}

function essenceOf({ headers }: Answer): string {
  return (headers.get("content-type") ?? "").replace(/;.*/s, "").trim().toLowerCase();
}

function shown(text: string): string {
  const cut = text.length > BODY_CHARS_MAX ? `${text.slice(0, BODY_CHARS_MAX)}...` : text;
  return JSON.stringify(cut);
}
