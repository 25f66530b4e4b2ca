/**
 * The catalogue through a real proxy: what counts is that proxy and server see the same requests. Whatever a handler saw
 * that the proxy did not pass on exists for one of them only, and that is what smuggling is.
 */
import { startPlane } from "../fixture/plane.ts";
import { pause } from "../fixture/until.ts";
import { type AttackCase, SMUGGLED_PATH } from "./attack-case.ts";
import { answersInOrder, type Sight } from "./judge.ts";
import { type Patience, play, promptly } from "./play.ts";
import type { Forwarded, RunningProxy } from "./proxy-process.ts";
import { PROBE } from "./run-catalogue.ts";
import { Witness } from "./witness.ts";

export interface Passage {
  readonly attack: AttackCase;
  readonly forwarded: number;
  readonly handled: number;
  /** Why proxy and server are out of step; undefined: they are not. */
  readonly problem: string | undefined;
}

/** Two programs answer one after the other, so silence takes longer to mean something. */
const patience: Patience = { answeredMs: 60, silentMs: 300, leftMs: 100 };
/** A proxy writes its log when a request is over; one that still waits for a body is none yet. */
const LOG_MS = 300;
const LANES = 6;

/** @param start starts one proxy in front of a server on this port */
export async function runThroughProxy(
  start: (serverPort: number) => Promise<RunningProxy>,
  cases: readonly AttackCase[],
): Promise<readonly Passage[]> {
  const queue = cases.filter(({ tlsPort }) => !tlsPort);
  const passages: Passage[] = [];
  const lane = async () => {
    const witness = new Witness();
    const plane = await startPlane({}, witness.app);
    const proxy = await start(plane.port);
    try {
      for (let attack = queue.shift(); attack; attack = queue.shift()) {
        passages.push(await pass(attack, proxy, witness));
      }
    } finally {
      proxy.stop();
      await plane.drain(200);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return passages;
}

async function pass(attack: AttackCase, proxy: RunningProxy, witness: Witness): Promise<Passage> {
  const played = await play(proxy.port, attack, patience);
  // Sent after the attack over whatever connection the proxy has to the server: it must get its own answer.
  const probe = await play(proxy.port, PROBE, promptly);
  const records: Sight[] = [];
  const forwarded: Forwarded[] = [];
  const gather = () => {
    records.push(...witness.take());
    forwarded.push(...proxy.take());
  };
  gather();
  for (let waitedMs = 0; unmatched(records, forwarded).length > 0 && waitedMs < LOG_MS; waitedMs += 10) {
    await pause(10);
    gather();
  }
  const problem = problemOf(unmatched(records, forwarded), probe.statuses[0], answersInOrder(played, records));
  return { attack, forwarded: forwarded.length, handled: records.length, problem };
}

function problemOf(extra: readonly string[], probe: number | undefined, inOrder: boolean): string | undefined {
  if (extra.length > 0) return `a handler saw what the proxy did not send: ${extra.join("; ")}`;
  if (probe !== 200) return `the next client was answered ${probe ?? "nothing"}`;
  return inOrder ? undefined : "an answer belongs to another request";
}

const PLAIN = /^\/[\w/]*$/;
/** Others are handed to handlers under another name by some runtimes. */
const METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/**
 * Records for which the proxy has no request. A target or a method that the server spells anew matches any request of that
 * kind; a smuggled one only itself.
 */
function unmatched(records: readonly Sight[], forwarded: readonly Forwarded[]): readonly string[] {
  const left = forwarded.map(({ method, target }) => ({ method, path: target.replace(/^https?:\/\/[^/?]*/i, "") }));
  return records.flatMap(({ text }) => {
    const [method, target = ""] = text.split(" ");
    const path = target.replace(/@.*/, "");
    let at = left.findIndex((one) => one.method === method && one.path === path);
    if (at < 0 && path !== SMUGGLED_PATH) {
      at = left.findIndex((one) => !PLAIN.test(one.path) || !METHODS.has(one.method));
    }
    if (at >= 0) left.splice(at, 1);
    return at >= 0 ? [] : [text.slice(0, 80)];
  });
}
