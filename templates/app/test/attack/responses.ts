/** Reads the responses out of what a connection has received so far. Strict: what is no response is "garbled". */

export interface Heard {
  /** Final responses in their order. */
  readonly statuses: readonly number[];
  readonly bodies: readonly string[];
  /** Interim responses, such as 100. */
  readonly interim: readonly number[];
  /** What is left is no beginning of a response. */
  readonly garbled: boolean;
  /** The last response ends with the connection, or has not arrived whole. */
  readonly open: boolean;
}

const STATUS_LINE = /^HTTP\/1\.[01] (\d{3})(?: [^\r\n]*)?\r\n/;

/** @param heads the responses answer HEAD and have no bodies */
export function readResponses(received: string, heads = false): Heard {
  const statuses: number[] = [];
  const bodies: string[] = [];
  const interim: number[] = [];
  let rest = received;
  while (rest !== "") {
    const status = Number(STATUS_LINE.exec(rest)?.[1] ?? Number.NaN);
    const headEnd = rest.indexOf("\r\n\r\n");
    if (Number.isNaN(status) || headEnd < 0) {
      return { statuses, bodies, interim, garbled: !"HTTP/1.1 ".startsWith(rest.slice(0, 9)), open: true };
    }
    const fields = fieldsOf(rest.slice(0, headEnd));
    rest = rest.slice(headEnd + 4);
    if (status < 200 && status !== 101) {
      interim.push(status);
      continue;
    }
    statuses.push(status);
    // What follows a change of protocol is no HTTP.
    if (status === 101) return { statuses, bodies: [...bodies, ""], interim, garbled: false, open: true };
    const bodiless = heads || status === 204 || status === 304;
    const body = bodiless ? { text: "", rest } : bodyOf(fields, rest);
    bodies.push(body.text);
    if (body.rest === undefined) return { statuses, bodies, interim, garbled: false, open: true };
    rest = body.rest;
  }
  return { statuses, bodies, interim, garbled: false, open: false };
}

function fieldsOf(text: string): ReadonlyMap<string, string> {
  const lines = text.split("\r\n").slice(1);
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.replace(/^[^:]*: */, "")]));
}

/** `rest` is undefined when the body goes on to the connection's end or has not arrived whole. */
function bodyOf(fields: ReadonlyMap<string, string>, rest: string): { text: string; rest: string | undefined } {
  if (fields.get("transfer-encoding") === "chunked") return chunksOf(rest);
  const length = fields.get("content-length");
  if (length === undefined) return { text: rest, rest: undefined };
  const bytes = Number(length);
  return { text: rest.slice(0, bytes), rest: rest.length < bytes ? undefined : rest.slice(bytes) };
}

function chunksOf(body: string): { text: string; rest: string | undefined } {
  let text = "";
  let rest = body;
  for (;;) {
    const size = Number.parseInt(/^([0-9a-f]+)\r\n/i.exec(rest)?.[1] ?? "", 16);
    const dataAt = rest.indexOf("\r\n") + 2;
    if (Number.isNaN(size) || rest.length < dataAt + size + 2) return { text, rest: undefined };
    text += rest.slice(dataAt, dataAt + size);
    rest = rest.slice(dataAt + size + 2);
    if (size === 0) return { text, rest };
  }
}
