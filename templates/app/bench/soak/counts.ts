/** What a soak counts, and which of it a sound server never shows. */

export interface CountRow {
  readonly text: string;
  /** "failure": one is too many. "rolls": allowed for connections that wait while a worker is replaced, up to a bound. */
  readonly kind: "done" | "failure" | "rolls";
}

export const countTable = {
  requests: { text: "requests answered as expected", kind: "done" },
  shed: { text: "requests refused by a limit (429, 503)", kind: "done" },
  left: { text: "requests that a client left on purpose", kind: "done" },
  malformed: { text: "malformed requests refused", kind: "done" },
  sockets: { text: "WebSockets opened", kind: "done" },
  messages: { text: "WebSocket messages echoed or passed on", kind: "done" },
  reloads: { text: "reloads", kind: "done" },
  rolls: { text: "workers replaced", kind: "done" },
  lost_to_rolls: {
    text: "requests that lost their connection, or what of their body was on its way, while a worker was replaced",
    kind: "rolls",
  },
  server_errors: { text: "answers with a status of 500 and above", kind: "failure" },
  wrong_status: { text: "answers with another status than expected", kind: "failure" },
  wrong_length: { text: "answers with another length than expected", kind: "failure" },
  not_http: { text: "answers that are not HTTP", kind: "failure" },
  malformed_taken: { text: "malformed requests that were answered as if they were valid", kind: "failure" },
  lost: { text: "requests that lost their connection", kind: "failure" },
  refused: { text: "connections that were refused", kind: "failure" },
  timeouts: { text: "requests without an answer in time", kind: "failure" },
  sockets_lost: { text: "WebSockets that were refused, or lost what they were to get", kind: "failure" },
} as const satisfies Readonly<Record<string, CountRow>>;

export type CountName = keyof typeof countTable;
export type Counts = Record<CountName, number>;

export function noCounts(): Counts {
  const names = Object.keys(countTable) as CountName[];
  return Object.fromEntries(names.map((name) => [name, 0])) as Counts;
}
