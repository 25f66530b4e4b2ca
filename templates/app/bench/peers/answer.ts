/** One answer of a server, read whole, as it is compared with another server's. */
import { wholeAnswer } from "../server/whole-answer.ts";

export interface Answer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  /** One character a byte. */
  readonly body: string;
}

/** A loaded machine gets this; an answer takes milliseconds. */
const ANSWER_MS_MAX = 10_000;

/** Without a coding, as the load asks. @throws BenchError when there is no whole answer in time */
export async function askAnswer(host: string, port: number, path: string): Promise<Answer> {
  const headers = { "accept-encoding": "identity" };
  const target = { host, port };
  const answer = await wholeAnswer({ target, method: "GET", path, headers, msMax: ANSWER_MS_MAX });
  return { status: answer.status, headers: fieldsOf(answer.rawHeaders), body: answer.body.toString("latin1") };
}

/** `raw`: name, value, name, value. */
function fieldsOf(raw: readonly string[]): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (let at = 0; at + 1 < raw.length; at += 2) fields.set((raw[at] ?? "").toLowerCase(), raw[at + 1] ?? "");
  return fields;
}
