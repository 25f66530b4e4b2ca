/**
 * The server's uses of owned memory: which setting switches each, and the requests that exercise it.
 *
 * Idea: each case is a server with the features that the use is in and nothing else, so that what the switch saves is not
 * hidden by what the rest costs. Only `request_arena` has no setting: there, two handlers differ.
 */
import { Buffer } from "node:buffer";
import type { SettingKey } from "../../../src/config/schema.ts";
import type { MemoryUse } from "../../../src/memory/memory-books.ts";
import type { CapabilityName } from "../../../src/runtime/capabilities.ts";
import { REPLIES } from "./work.ts";

/** Clients that ask in a closed loop. */
export interface HttpClients {
  readonly listener: "data" | "admin";
  readonly connections: number;
  /** Complete requests, sent in turn by each connection, so that the mixture is the same however fast each kind is. */
  readonly requests: readonly Buffer[];
}

export interface UseLoad {
  readonly http: readonly HttpClients[];
  /** WebSockets that send the next message when the last one is answered; 0: none. */
  readonly sockets: number;
  /** What each of their messages is answered with, in one turn. */
  readonly replies: number;
}

export interface UseCase {
  readonly text: string;
  /** undefined: `on` and `off` load different routes of the same server. */
  readonly setting: SettingKey | undefined;
  /** The use's name in the server's books, which must show that it took memory; absent: it has no place there. */
  readonly book?: MemoryUse;
  /** Features that the server is started with, as far as the project has them; one is needed where some stand here. */
  readonly features: readonly string[];
  /** What an adapter must have for the use; all have it when absent. */
  readonly capability?: CapabilityName;
  readonly settings: Readonly<Partial<Record<SettingKey, string>>>;
  readonly on: UseLoad;
  readonly off: UseLoad;
}

const KIB = 1024;
const MIB = 1024 * KIB;
/** Static files that the bench makes, in the folder that the server gets as static.root. */
export const BIG_FILE = { name: "big.bin", bytes: MIB } as const;

const log = clients(32, [get("/user/42")]);
const metrics = clients(4, [get("/metrics")], "admin");
const small = chunked("/body", 64, KIB);
// In chunks as fetch and curl send them; the kernel hands several small ones over at once.
const bodies = clients(16, [small, small, small, declared("/body", 64 * KIB), chunked("/body", 4, 64 * KIB)]);
const gzipped = get("/text", "Accept-Encoding: gzip\r\n");
const texts = clients(32, Array.from({ length: 256 }, (_, index) => [gzipped, get(`/cached/${index}`)]).flat());
const file = clients(8, [get(`/${BIG_FILE.name}`)]);
const frames: UseLoad = { http: [], sockets: 16, replies: REPLIES };
const aloneFrames: UseLoad = { http: [], sockets: 32, replies: 1 };

export const useCases = {
  log_arena: {
    text: "every request logged to a file",
    setting: "memory.log_arena",
    book: "log",
    features: ["request-log"],
    settings: { "log.requests": "all" },
    on: log,
    off: log,
  },
  metrics_arena: {
    text: "the metrics page, of a server with the usual features",
    setting: "memory.metrics_arena",
    features: [],
    settings: {},
    on: metrics,
    off: metrics,
  },
  body_assembly: {
    text: "POST of 64 KiB, three in small chunks, one with its length; every fifth of 256 KiB in large chunks",
    setting: "memory.body_assembly",
    book: "body",
    features: [],
    settings: { "limits.body_bytes_max": String(MIB) },
    on: bodies,
    off: bodies,
  },
  encode_scratch: {
    text: "2 KiB of text, in turn compressed and put into the response cache",
    setting: "memory.encode_scratch",
    book: "encode",
    features: ["compression", "response-cache"],
    settings: {
      "memory.encode_bytes": String(16 * KIB),
      "compression.bytes_min": String(KIB),
      "compression.bytes_max": String(256 * KIB),
      "compression.types": "text/*",
      "cache.zone_bytes": String(8 * MIB),
      "cache.entry_bytes_max": String(64 * KIB),
    },
    on: texts,
    off: texts,
  },
  file_pool: {
    text: "a file of 1 MiB, streamed",
    setting: "memory.file_pool",
    book: "file",
    features: ["static-files"],
    capability: "filePool",
    settings: { "static.memory_file_bytes_max": "0", "memory.file_chunks_max": "32" },
    on: file,
    off: file,
  },
  frame_batch: {
    text: "16 small WebSocket messages in one turn, as a broadcast sends them: not from the socket's own handler",
    setting: "memory.frame_batch",
    book: "frame",
    features: [],
    capability: "frameBatch",
    settings: {},
    on: frames,
    off: frames,
  },
  frame_alone: {
    text: "one small WebSocket message in a turn, where nothing can be batched: what the switch costs then",
    setting: "memory.frame_batch",
    features: [],
    capability: "frameBatch",
    settings: {},
    on: aloneFrames,
    off: aloneFrames,
  },
  request_arena: {
    text: "a handler that takes eight pieces of 512 B from context.arena, beside one that makes them",
    setting: undefined,
    book: "request_arena",
    features: [],
    settings: {},
    on: clients(32, [get("/arena")]),
    off: clients(32, [get("/fresh")]),
  },
} as const satisfies Readonly<Record<string, UseCase>>;

export type UseName = keyof typeof useCases;
export const useNames = Object.keys(useCases) as readonly UseName[];

/** For `metrics_arena`: what a project has of these is on. */
export const usualFeatures = [
  "request-id",
  "request-log",
  "security-headers",
  "cors",
  "overload",
  "rate-limit",
  "response-cache",
  "compression",
] as const;

function clients(
  connections: number,
  requests: readonly Buffer[],
  listener: HttpClients["listener"] = "data",
): UseLoad {
  return { http: [{ listener, connections, requests }], sockets: 0, replies: 0 };
}

function get(path: string, headers = ""): Buffer {
  return Buffer.from(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n`, "latin1");
}

function declared(path: string, bytes: number): Buffer {
  const head = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${bytes}\r\n\r\n`;
  return Buffer.from(head + "b".repeat(bytes), "latin1");
}

function chunked(path: string, chunks: number, bytes: number): Buffer {
  const head = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n`;
  const chunk = `${bytes.toString(16)}\r\n${"b".repeat(bytes)}\r\n`;
  return Buffer.from(`${head}${chunk.repeat(chunks)}0\r\n\r\n`, "latin1");
}
