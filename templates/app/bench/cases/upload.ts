/** `bench:upload`: what a request's body costs by the byte, with its length said before and in chunks. */
import { standardFigures } from "../report/figures.ts";
import type { Bench, CasePlan, Session } from "./bench.ts";
import { documentOf, roundsSeconds } from "./bench-document.ts";
import { knownRequest, verifiedLoad } from "./bench-requests.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
/** What the plan gives to servers whose work uploads are; all others get less (bench.upload_bytes). */
const UPLOADS_ARE_WORK_BYTES = MIB;
/** A body in chunks is made whole by the generator, in each of its threads. */
const CHUNKED_BYTES_MAX = 8 * MIB;
/** A chunk of a body that a client reads from its disk: the size of a stream's pieces in both runtimes. */
const CHUNK_BYTES = 64 * KIB;

export const uploadBench: Bench = {
  name: "upload",
  title: "Request bodies",
  refuse: () => undefined,
  suits: ({ config }) => config.bench.upload_bytes >= UPLOADS_ARE_WORK_BYTES,
  aboutSeconds: (sizes) => roundsSeconds(sizes, 2),
  async run(session) {
    const cases = await session.rounds(casePlans(session));
    return documentOf(uploadBench, cases, { notes: notesOf(session) });
  },
};

function casePlans(session: Session): readonly CasePlan[] {
  const bytes = bodyBytesOf(session);
  const chunkedBytes = Math.min(bytes, CHUNKED_BYTES_MAX);
  const declared = { ...knownRequest("POST", "/upload", `{"bytes":${bytes}}`), bodyBytes: bytes };
  const chunked = {
    ...knownRequest("POST", "/upload", `{"bytes":${chunkedBytes}}`),
    headers: { "Transfer-Encoding": "chunked" },
    bodyBytes: chunkedBytes,
    body: chunkedText(chunkedBytes),
  };
  const plan = (name: string, title: string, request: typeof declared): CasePlan => ({
    id: `upload/${name}`,
    title,
    server: { program: "bench", settings: {} },
    order: (server) => verifiedLoad(server, [request], { connections: connectionsOf(session) }),
    figures: (sample) => standardFigures(sample, "byte"),
  });
  return [
    plan("declared", `a body of ${bytes} bytes, its length said before`, declared),
    plan("chunked", `a body of ${chunkedBytes} bytes in chunks`, chunked),
  ];
}

/** A body of "x" as it goes over the wire (RFC 9112, section 7.1). */
export function chunkedText(bytes: number): string {
  const chunks: string[] = [];
  for (let left = bytes; left > 0; left -= CHUNK_BYTES) {
    const size = Math.min(left, CHUNK_BYTES);
    chunks.push(`${size.toString(16)}\r\n${"x".repeat(size)}\r\n`);
  }
  return `${chunks.join("")}0\r\n\r\n`;
}

function bodyBytesOf({ sizes, config }: Session): number {
  return Math.min(sizes.upload_bytes, config.limits.body_bytes_max);
}

/**
 * As many as may upload at once (limits.bodies_bytes_max, which is counted in whole KiB for each body): more would be
 * refused, and refusals are no figures.
 */
export function connectionsOf(session: Pick<Session, "sizes" | "config">): number {
  const { sizes, config } = session;
  const bytes = Math.ceil(Math.min(sizes.upload_bytes, config.limits.body_bytes_max) / KIB) * KIB;
  return Math.max(1, Math.min(sizes.connections, Math.floor(config.limits.bodies_bytes_max / bytes)));
}

function notesOf(session: Session): readonly string[] {
  const { sizes, config } = session;
  const { bodies_bytes_max: most, body_bytes_max: bodyMost } = config.limits;
  const connections = connectionsOf(session);
  return [
    `The plan provides ${config.memory.bodies_bytes} bytes for bodies in memory (memory.bodies_bytes); server memory peak is the whole process.`,
    ...(bodyBytesOf(session) < sizes.upload_bytes
      ? [`Bodies are ${bodyMost} bytes: limits.body_bytes_max refuses ${sizes.upload_bytes}.`]
      : []),
    ...(connections < sizes.connections
      ? [
          `${connections} connections instead of ${sizes.connections}: limits.bodies_bytes_max = ${most} refuses more at once.`,
        ]
      : []),
  ];
}
