/** What a server says of itself in its log once it listens: the only way to its ports that is no race. */

export interface StartedLine {
  readonly dataPort: number;
  readonly adminPort: number;
  /** What proved to serve, such as "mimalloc 3.5.3". */
  readonly allocator: string;
  /** Where this host falls short of the plan, in words; "": nowhere. */
  readonly notes: string;
}

/** `log`: JSON lines so far; the last one may be incomplete. */
export function startedLineIn(log: string): StartedLine | undefined {
  const line = log
    .slice(0, log.lastIndexOf("\n") + 1)
    .split("\n")
    .find((candidate) => candidate.startsWith("{") && candidate.includes('"message":"started"'));
  if (line === undefined) return undefined;
  const fields = JSON.parse(line) as Readonly<Record<string, string | undefined>>;
  const { url = "", admin_url = "", allocator = "unknown", allocator_version, notes = "" } = fields;
  return {
    dataPort: portOf(url),
    adminPort: portOf(admin_url),
    allocator: allocator_version === undefined ? allocator : `${allocator} ${allocator_version}`,
    notes,
  };
}

/** `URL` leaves out the port that is usual for the scheme; the server never does. */
function portOf(url: string): number {
  return Number(/:(\d+)$/.exec(url)?.[1]);
}
