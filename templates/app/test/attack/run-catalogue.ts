/** Runs cases against planes of the wired adapter, in lanes: each lane has a listener and a witness of its own. */
import { runtime } from "../../src/wiring.ts";
import { makeCertificate } from "../fixture/certificate.ts";
import { type Plane, startPlane } from "../fixture/plane.ts";
import type { AttackCase } from "./attack-case.ts";
import { get } from "./bytes.ts";
import { deviations } from "./deviations.ts";
import { judge, type Observation, outcomeOf, type Severity } from "./judge.ts";
import { play, promptly } from "./play.ts";
import { Witness } from "./witness.ts";

export interface Finding {
  readonly attack: AttackCase;
  readonly outcome: string;
  /** undefined: as expected. */
  readonly severity: Severity | undefined;
  /** Why the run fails for this case; undefined: as expected, or deviating exactly as stated. */
  readonly problem: string | undefined;
}

/** Most of a case is waiting for silence, so lanes cost nothing. */
const LANES = 24;

export async function runCatalogue(cases: readonly AttackCase[]): Promise<readonly Finding[]> {
  const queue = [...cases.entries()];
  const findings: Finding[] = new Array(cases.length);
  const lane = async () => {
    const witness = new Witness();
    const plane = await startPlane({}, witness.app);
    try {
      for (let next = queue.shift(); next; next = queue.shift()) {
        const [index, attack] = next;
        const observation = attack.tlsPort ? await observeTls(attack) : await observe(plane.port, attack, witness);
        findings[index] = finding(attack, observation);
      }
    } finally {
      await drained(plane);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return findings;
}

export async function observe(port: number, attack: AttackCase, witness: Witness): Promise<Observation> {
  const played = await play(port, attack);
  const records = witness.take();
  const probe = await play(port, PROBE, promptly).catch(() => undefined);
  witness.take();
  return { played, records, alive: probe?.statuses[0] === 200 };
}

/** On a listener with TLS that is there for this case alone; the probe would need TLS too. */
async function observeTls(attack: AttackCase): Promise<Observation> {
  const certificate = makeCertificate();
  const witness = new Witness();
  const { certPem, keyPem } = certificate;
  const plane = await startPlane({}, witness.app, { certPem, keyPem, profile: "intermediate" });
  try {
    const played = await play(plane.port, attack);
    return { played, records: witness.take(), alive: true };
  } finally {
    await drained(plane);
    certificate.remove();
  }
}

/** A valid request of its own, on a new connection. */
export const PROBE = { id: "probe", title: "", source: "", steps: [get("/probe", "Connection: close")], expect: [] };

/** Compares with what is expected, and with what is known of this adapter. */
export function finding(attack: AttackCase, observation: Observation): Finding {
  const outcome = outcomeOf(observation);
  const severity = judge(attack, observation);
  const known = deviations[runtime.adapter][attack.id];
  return { attack, outcome, severity, problem: problemOf(outcome, severity, known?.outcomes) };
}

function problemOf(outcome: string, severity: Severity | undefined, known: readonly string[] | undefined) {
  if (severity === undefined) {
    return known ? `is as expected now (${outcome}): take it out of deviations.ts` : undefined;
  }
  if (known?.includes(outcome)) return undefined;
  return known ? `${outcome} (${severity}), but deviations.ts says ${known.join(" or ")}` : `${outcome} (${severity})`;
}

/** Attacks leave connections in every state; what a drain still waits for ends with the process. */
async function drained(plane: Plane): Promise<void> {
  await plane.drain(200);
}
