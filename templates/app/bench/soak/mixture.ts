/**
 * What the clients of a soak do: one table of kinds with their weights, and each client's next deed drawn from it.
 *
 * Idea: leaks and lost descriptors hide where requests do not end as they should, so most kinds are ways to behave badly.
 * A deed is plain data drawn before it is done, from the client's own random numbers: the same seed gives every client
 * the same deeds in the same order, whatever the server's answers and the machine's speed make of their moments.
 */
import type { SeededRandom } from "./seeded-random.ts";

/** Assumed: shares that give the ordinary kinds most of the requests, and every other kind some each second. */
export const mixture = {
  requests: { weight: 30, text: "requests on one connection, which then closes" },
  bodies: { weight: 16, text: "posted bodies of random sizes, in one piece or in chunks" },
  pipeline: { weight: 8, text: "several requests in one write" },
  churn: { weight: 12, text: "a connection for one request" },
  "abort-answer": { weight: 8, text: "clients that leave in the middle of an answer" },
  "abort-upload": { weight: 8, text: "clients that leave in the middle of a body" },
  "slow-head": { weight: 3, text: "heads that come byte by byte" },
  "slow-reader": { weight: 3, text: "clients that ask and do not read" },
  malformed: { weight: 4, text: "bytes that are no valid request" },
  socket: { weight: 6, text: "WebSockets that chat, and close or vanish" },
  idle: { weight: 2, text: "connections that say nothing" },
} as const satisfies Readonly<Record<string, { readonly weight: number; readonly text: string }>>;

export type DeedKind = keyof typeof mixture;

/** What the server under test has; kinds for which it has nothing are left out of the mixture. */
export interface Ground {
  /** Paths of GET requests; `*` stands for a number. */
  readonly paths: readonly string[];
  /** Those whose answers may be asked for before the ones before them have come. */
  readonly pipelinePaths: readonly string[];
  /** Paths that take a body of any bytes. */
  readonly bodyPaths: readonly string[];
  readonly socketPaths: readonly string[];
  readonly bodyBytesMax: number;
}

export type Deed =
  | { readonly kind: "requests"; readonly paths: readonly string[]; readonly pauseMs: number }
  | { readonly kind: "bodies"; readonly path: string; readonly bytes: readonly number[]; readonly chunked: boolean }
  | { readonly kind: "pipeline"; readonly paths: readonly string[] }
  | { readonly kind: "churn"; readonly path: string }
  | { readonly kind: "abort-answer"; readonly paths: readonly string[]; readonly reads: boolean }
  | { readonly kind: "abort-upload"; readonly path: string; readonly bytes: number; readonly sentBytes: number }
  | { readonly kind: "slow-head"; readonly path: string; readonly stepMs: number; readonly steps: number }
  | {
      readonly kind: "slow-reader";
      readonly paths: readonly string[];
      readonly holdMs: number;
      readonly reads: boolean;
    }
  | { readonly kind: "malformed"; readonly text: string }
  | SocketDeed
  | { readonly kind: "idle"; readonly holdMs: number };

export interface SocketDeed {
  readonly kind: "socket";
  readonly path: string;
  readonly bytes: readonly number[];
  /** Without a close frame. */
  readonly vanishes: boolean;
}

/** Some sessions are short, some long: what lives with a connection is freed at different ages. */
const REQUESTS_MAX = 40;
const BODIES_MAX = 6;
const PIPELINE_MAX = 16;
/** More than the socket buffers of both sides hold of most answers, so that the server has something left to send. */
const UNREAD_REQUESTS = 64;
/** Above the marks from which servers take a body in pieces or spill it (16 and 64 KiB). */
const BODY_BYTES_MAX = 262_144;
/** Longer than a beat of the event loop, shorter than a segment. */
const HOLD_MS_MAX = 3000;
const MESSAGES_MAX = 30;
/** Frames of all three lengths of the length field (RFC 6455, section 5.2) but the last, which is 64 KiB and above. */
const MESSAGE_BYTES_MAX = 4096;
/** Numbers in paths: so many keys of a cache. */
const KEYS = 500;

/** Refused by every adapter with a 4xx answer or by closing. */
const MALFORMED = [
  "GET / HTTP/9.9\r\nHost: soak\r\n\r\n",
  "GET\r\n\r\n",
  "\0\x01\x02\x03\r\n\r\n",
  "GET / HTTP/1.1\r\nHost: soak\r\nContent-Length: many\r\n\r\n",
  "POST / HTTP/1.1\r\nHost: soak\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
  "GET / HTTP/1.1\r\nHost: soak\r\nBad Name: 1\r\n\r\n",
  `GET / HTTP/1.1\r\nHost: soak\r\nX-Long: ${"x".repeat(70_000)}\r\n\r\n`,
] as const;

/** The kinds that this ground has a use for, with their weights. */
export function weightsOn(ground: Ground): readonly (readonly [DeedKind, number])[] {
  const needs: Readonly<Partial<Record<DeedKind, readonly string[]>>> = {
    bodies: ground.bodyPaths,
    "abort-upload": ground.bodyPaths,
    pipeline: ground.pipelinePaths,
    socket: ground.socketPaths,
  };
  const kinds = Object.keys(mixture) as DeedKind[];
  return kinds.filter((kind) => (needs[kind] ?? ground.paths).length > 0).map((kind) => [kind, mixture[kind].weight]);
}

export function drawDeed(random: SeededRandom, ground: Ground): Deed {
  return makeDeed[drawKind(random, weightsOn(ground))](random, ground);
}

function drawKind(random: SeededRandom, weights: readonly (readonly [DeedKind, number])[]): DeedKind {
  const total = weights.reduce((sum, [, weight]) => sum + weight, 0);
  let left = random.share() * total;
  for (const [kind, weight] of weights) {
    left -= weight;
    if (left < 0) return kind;
  }
  return "requests";
}

const makeDeed: Readonly<Record<DeedKind, (random: SeededRandom, ground: Ground) => Deed>> = {
  requests: (random, { paths }) => ({
    kind: "requests",
    paths: drawPaths(random, paths, random.size(1, REQUESTS_MAX)),
    pauseMs: random.whole(0, 1) * random.whole(0, 20),
  }),
  bodies: (random, { bodyPaths, bodyBytesMax }) => ({
    kind: "bodies",
    path: random.one(bodyPaths),
    bytes: drawSizes(random, random.whole(1, BODIES_MAX), Math.min(BODY_BYTES_MAX, bodyBytesMax)),
    chunked: random.share() < 0.3,
  }),
  pipeline: (random, { pipelinePaths }) => ({
    kind: "pipeline",
    paths: drawPaths(random, pipelinePaths, random.whole(2, PIPELINE_MAX)),
  }),
  churn: (random, { paths }) => ({ kind: "churn", path: drawPath(random, paths) }),
  "abort-answer": (random, ground) => ({
    kind: "abort-answer",
    paths: drawMany(random, ground, random.whole(1, PIPELINE_MAX)),
    reads: random.share() < 0.5,
  }),
  "abort-upload": (random, { bodyPaths, bodyBytesMax }) => {
    const bytes = random.size(64, Math.min(BODY_BYTES_MAX, bodyBytesMax));
    return { kind: "abort-upload", path: random.one(bodyPaths), bytes, sentBytes: random.whole(0, bytes - 1) };
  },
  "slow-head": (random, { paths }) => ({
    kind: "slow-head",
    path: drawPath(random, paths),
    stepMs: random.whole(1, 30),
    steps: random.whole(2, 60),
  }),
  "slow-reader": (random, ground) => ({
    kind: "slow-reader",
    paths: drawMany(random, ground, UNREAD_REQUESTS),
    holdMs: random.whole(50, HOLD_MS_MAX),
    reads: random.share() < 0.5,
  }),
  malformed: (random) => ({ kind: "malformed", text: random.one(MALFORMED) }),
  socket: (random, { socketPaths }) => ({
    kind: "socket",
    path: random.one(socketPaths),
    bytes: drawSizes(random, random.whole(1, MESSAGES_MAX), MESSAGE_BYTES_MAX),
    vanishes: random.share() < 0.5,
  }),
  idle: (random) => ({ kind: "idle", holdMs: random.whole(50, HOLD_MS_MAX) }),
};

function drawSizes(random: SeededRandom, count: number, most: number): readonly number[] {
  return Array.from({ length: count }, () => random.size(1, most));
}

function drawPaths(random: SeededRandom, paths: readonly string[], count: number): readonly string[] {
  return Array.from({ length: count }, () => drawPath(random, paths));
}

/** As many answers at once as the server takes requests for: one where it takes no pipeline. */
function drawMany(random: SeededRandom, { paths, pipelinePaths }: Ground, count: number): readonly string[] {
  return pipelinePaths.length > 0 ? drawPaths(random, pipelinePaths, count) : [drawPath(random, paths)];
}

function drawPath(random: SeededRandom, paths: readonly string[]): string {
  return random.one(paths).replace("*", String(random.whole(1, KEYS)));
}
