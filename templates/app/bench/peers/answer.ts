/** One answer of a server, read whole, as it is compared with another server's. */
import { get } from "node:http";

export interface Answer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  /** One character a byte. */
  readonly body: string;
}

/** A loaded machine gets this; an answer takes milliseconds. */
const ANSWER_MS_MAX = 10_000;

/** On a connection of its own, and without a coding, as the load asks. */
export function askAnswer(host: string, port: number, path: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { "accept-encoding": "identity" };
    const request = get({ host, port, path, headers, agent: false, timeout: ANSWER_MS_MAX }, (response) => {
      let body = "";
      response.setEncoding("latin1");
      response.on("data", (chunk: string) => {
        body += chunk;
      });
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: fieldsOf(response.rawHeaders), body }),
      );
      response.on("error", reject);
    });
    request.on("timeout", () => request.destroy(new Error(`${path} was not answered within ${ANSWER_MS_MAX} ms`)));
    request.on("error", reject);
  });
}

/** `raw`: name, value, name, value. */
function fieldsOf(raw: readonly string[]): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (let at = 0; at + 1 < raw.length; at += 2) fields.set((raw[at] ?? "").toLowerCase(), raw[at + 1] ?? "");
  return fields;
}
