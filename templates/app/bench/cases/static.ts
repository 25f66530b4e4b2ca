/**
 * `bench:static`: what a file costs: held in memory, read from the disk, not changed, a part of it, and compressed
 * beforehand. The files are the bench's own, in a folder that is made for it; the rest is the plan's.
 */
import { Buffer } from "node:buffer";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { standardFigures } from "../report/figures.ts";
import { askServer } from "../server/ask-server.ts";
import type { ServerProcess } from "../server/server-process.ts";
import type { Bench, CasePlan, Session } from "./bench.ts";
import { documentOf, lacks, roundsSeconds } from "./bench-document.ts";
import { knownRequest, type RequestParts, verifiedLoad } from "./bench-requests.ts";

const FEATURE = "static-files";

export const staticBench: Bench = {
  name: "static",
  title: "Static files",
  refuse: (project) => lacks(project, FEATURE),
  suits: (project) => lacks(project, FEATURE) === undefined,
  aboutSeconds: (sizes) => roundsSeconds(sizes, 6),
  async run(session) {
    const root = mkdtempSync(join(tmpdir(), "fastserve-bench-"));
    try {
      const gzipBytes = writeFiles(root);
      const cases = await session.rounds(casePlans(session, root, gzipBytes));
      return documentOf(staticBench, cases, { notes: [memoryNote(session)] });
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  },
};

const KIB = 1024;
const PREFIX = "/files/";
const files = { small: KIB, medium: 64 * KIB, large: 1024 * KIB } as const;
const SCRIPT_BYTES = 64 * KIB;
/** Of the large file; both ends count. */
const RANGE = { first: 100_000, last: 165_535 } as const;
const RANGE_BYTES = RANGE.last - RANGE.first + 1;

/** @returns the size of the compressed script */
function writeFiles(root: string): number {
  // A kind of file that nobody compresses on the way.
  for (const [name, bytes] of Object.entries(files))
    writeFileSync(join(root, `${name}.bin`), Buffer.alloc(bytes, name));
  const line = "export const rows = [...document.querySelectorAll('tr')].map((row) => row.dataset.id);\n";
  const script = line.repeat(Math.ceil(SCRIPT_BYTES / line.length)).slice(0, SCRIPT_BYTES);
  const compressed = gzipSync(script);
  writeFileSync(join(root, "script.js"), script);
  writeFileSync(join(root, "script.js.gz"), compressed);
  return compressed.length;
}

function casePlans({ sizes }: Session, root: string, gzipBytes: number): readonly CasePlan[] {
  const { connections } = sizes;
  const plan = (
    name: string,
    title: string,
    file: { readonly name: string; readonly bytes: number },
    parts: (server: ServerProcess) => Promise<RequestParts> | RequestParts = () => ({}),
  ): CasePlan => ({
    id: `static/${name}`,
    title,
    server: { program: "bench", settings: { "static.root": root, "static.prefix": PREFIX } },
    order: async (server) =>
      verifiedLoad(server, [knownRequest("GET", PREFIX + file.name, file.bytes, await parts(server))], { connections }),
    figures: (sample) => standardFigures(sample, "byte"),
  });
  const large = { name: "large.bin", bytes: files.large };
  return [
    plan("small", "a file of 1 KiB", { name: "small.bin", bytes: files.small }),
    plan("medium", "a file of 64 KiB", { name: "medium.bin", bytes: files.medium }),
    plan("large", "a file of 1 MiB", large),
    {
      ...plan("unchanged", "a file of 1 MiB that the client has: 304", { ...large, bytes: 0 }, async (server) => ({
        headers: { "If-None-Match": await etagOf(server, large.name) },
        status: 304,
      })),
      figures: (sample) => standardFigures(sample, "request"),
    },
    plan("range", "64 KiB of a file of 1 MiB: 206", { ...large, bytes: RANGE_BYTES }, () => ({
      headers: { Range: `bytes=${RANGE.first}-${RANGE.last}` },
      status: 206,
    })),
    plan("compressed", "a script of 64 KiB, compressed beforehand", { name: "script.js", bytes: gzipBytes }, () => ({
      headers: { "Accept-Encoding": "gzip" },
    })),
  ];
}

/** What the server tells clients to ask with. */
async function etagOf(server: ServerProcess, name: string): Promise<string> {
  const { headers } = await askServer(server, knownRequest("HEAD", PREFIX + name, 0));
  // Without one the request is not conditional, and the check of the answer says so.
  return headers.etag ?? "";
}

function memoryNote({ config }: Session): string {
  const { memory_file_bytes_max: held } = config.static;
  return held === 0
    ? "No file is held in memory (static.memory_file_bytes_max = 0)."
    : `Files up to ${held} bytes are held in memory (static.memory_file_bytes_max), larger ones are read for each request.`;
}
