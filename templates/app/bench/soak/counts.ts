/** What a soak counts, and which of it a sound server never shows. */

export interface CountRow {
  readonly text: string;
  /** "failure": one is too many. "rolls": allowed for connections that wait while a worker is replaced, up to a bound. */
  readonly kind: "done" | "failure" | "rolls";
  /** Whether it is what the server made of a request; what a client left says nothing of the server. */
  readonly isOutcome: boolean;
}

export const countTable = {
  requests: { text: "requests answered as expected", kind: "done", isOutcome: true },
  shed: { text: "requests refused by a limit (429, 503)", kind: "done", isOutcome: true },
  left: { text: "requests that a client left on purpose", kind: "done", isOutcome: false },
  malformed: { text: "malformed requests refused", kind: "done", isOutcome: true },
  sockets: { text: "WebSockets opened", kind: "done", isOutcome: false },
  messages: { text: "WebSocket messages echoed or passed on", kind: "done", isOutcome: false },
  reloads: { text: "reloads", kind: "done", isOutcome: false },
  rolls: { text: "workers replaced", kind: "done", isOutcome: false },
  unseen: { text: "looks at the server's own figures that failed", kind: "done", isOutcome: false },
  lost_to_rolls: {
    text: "requests that lost their connection, or what of their body was on its way, while a worker was replaced",
    kind: "rolls",
    isOutcome: true,
  },
  server_errors: { text: "answers with a status of 500 and above", kind: "failure", isOutcome: true },
  wrong_status: { text: "answers with another status than expected", kind: "failure", isOutcome: true },
  wrong_length: { text: "answers with another length than expected", kind: "failure", isOutcome: true },
  not_http: { text: "answers that are not HTTP", kind: "failure", isOutcome: true },
  malformed_taken: {
    text: "malformed requests that were answered as if they were valid",
    kind: "failure",
    isOutcome: true,
  },
  lost: { text: "requests that lost their connection", kind: "failure", isOutcome: true },
  refused: { text: "connections that were refused", kind: "failure", isOutcome: true },
  timeouts: { text: "requests without an answer in time", kind: "failure", isOutcome: true },
  sockets_lost: {
    text: "WebSockets that were refused, or lost what they were to get",
    kind: "failure",
    isOutcome: false,
  },
} as const satisfies Readonly<Record<string, CountRow>>;

export type CountName = keyof typeof countTable;
export type Counts = Record<CountName, number>;

const countNames = Object.keys(countTable) as CountName[];
const outcomeNames = countNames.filter((name) => countTable[name].isOutcome);

export function noCounts(): Counts {
  return Object.fromEntries(countNames.map((name) => [name, 0])) as Counts;
}

/** Requests that came to an end, well or not: a server that answers nothing as expected gets through a number of them too. */
export function outcomesOf(counts: Readonly<Counts>): number {
  return outcomeNames.reduce((sum, name) => sum + counts[name], 0);
}
