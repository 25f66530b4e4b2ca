/**
 * The case for and against each malloc backend, as data: what `explain allocator` and the project's README print.
 *
 * Idea: a claim with a figure names the case, the work and the quantity that were measured, and the bound beyond which
 * the claim stands; its sentence is made of the figure, and a test holds every bound against the measurement. So a new
 * measurement that turns a claim round fails there before it misleads anybody.
 */
import type { RuntimeName } from "../../templates/app/src/runtime/capabilities.ts";
import type { FactValues } from "../facts/hardware-facts.ts";
import { KiB, MiB } from "../lib/units.ts";
import { allocatorRatios } from "./allocator-figures.ts";
import type { Source } from "./decision.ts";
import { allocatorFigures, derived, documented } from "./sources.ts";

export type Quantity = "cpu" | "rss" | "idle";
export type MeasuredWork = "json" | "bodies" | "strings";
type Facts = Pick<FactValues, "pageBytes" | "transparentHugePages" | "memoryBytes">;

export interface MeasuredClaim {
  readonly case: string;
  readonly work: MeasuredWork;
  readonly quantity: Quantity;
}

export interface Claim {
  readonly runtime: RuntimeName;
  readonly backend: string;
  readonly side: "for" | "against";
  /** A clause before the figure, or the whole sentence of a claim without one. */
  readonly text: string;
  readonly measured?: MeasuredClaim;
  readonly source: Source;
  /** Absent: on every target. */
  readonly when?: (facts: Facts) => boolean;
}

/** A measured claim stands while the ratio is at most this (for) or at least its inverse (against). */
export const CLAIM_RATIO = 0.97;
/** tcmalloc's thread caches may hold this much together (gperftools, docs/tcmalloc.adoc). */
const TCMALLOC_CACHE_BYTES = MiB(32);
/** Below this limit those caches alone may fill the headroom, which is an eighth. */
const TCMALLOC_LIMIT_BYTES_MIN = 8 * TCMALLOC_CACHE_BYTES;

function figure(
  side: Claim["side"],
  text: string,
  [runtime, backend]: readonly [RuntimeName, string],
  measured: MeasuredClaim,
): Claim {
  return { runtime, backend, side, text, measured, source: allocatorFigures };
}

const glibc = ["deno", "glibc"] as const;
const mimalloc = ["deno", "mimalloc"] as const;
const jemalloc = ["deno", "jemalloc"] as const;
const tcmalloc = ["deno", "tcmalloc"] as const;
const bun = ["bun", "mimalloc"] as const;

export const claims: readonly Claim[] = [
  {
    runtime: "deno",
    backend: "glibc",
    side: "for",
    text: "Nothing is preloaded, so nothing can be missing, unfit or inherited.",
    source: derived("Deno imports malloc from the C library"),
  },
  figure("for", "profile lean", glibc, { case: "glibc, lean", work: "bodies", quantity: "idle" }),
  figure("against", "profile lean", glibc, { case: "glibc, lean", work: "bodies", quantity: "cpu" }),
  {
    runtime: "deno",
    backend: "glibc",
    side: "against",
    text: "What many threads have freed may stay: 483 to 707 MB are reported where 56 MB sufficed on another system.",
    source: documented("https://github.com/denoland/deno/issues/28880"),
  },
  {
    runtime: "deno",
    backend: "mimalloc",
    side: "for",
    text: "Small and fresh buffers come from free lists of each thread, without a lock.",
    source: documented("https://github.com/microsoft/mimalloc#readme"),
  },
  {
    runtime: "deno",
    backend: "mimalloc",
    side: "against",
    text: "The packaged versions give memory back only when the thread that freed it allocates again: an idle server keeps it.",
    source: documented("https://github.com/purpleprotocol/mimalloc_rust/issues/141"),
  },
  figure("against", "after large bodies", mimalloc, { case: "mimalloc", work: "bodies", quantity: "idle" }),
  {
    runtime: "deno",
    backend: "jemalloc",
    side: "for",
    text: "Long-lived sessions on Node are reported to keep 472 MiB instead of glibc's 786.",
    source: documented("https://github.com/growilabs/growi/issues/11411"),
  },
  figure("for", "profile lean", jemalloc, { case: "jemalloc, lean", work: "bodies", quantity: "idle" }),
  figure("against", "large bodies", jemalloc, { case: "jemalloc", work: "bodies", quantity: "cpu" }),
  {
    runtime: "deno",
    backend: "jemalloc",
    side: "against",
    text: "The page size is compiled in: a library for 4 KiB pages aborts on this target.",
    source: documented("https://github.com/jemalloc/jemalloc/issues/2639"),
    when: ({ pageBytes }) => pageBytes > KiB(4),
  },
  {
    runtime: "deno",
    backend: "jemalloc",
    side: "against",
    text: "This target gives huge pages to everybody, under which its resident size swells; the launcher opts out with thp:never.",
    source: documented("https://github.com/jemalloc/jemalloc/issues/1674"),
    when: ({ transparentHugePages }) => transparentHugePages === "always",
  },
  {
    runtime: "deno",
    backend: "tcmalloc",
    side: "for",
    text: "The page size is found at run time: any kernel's will do.",
    source: documented("https://github.com/gperftools/gperftools/blob/master/docs/tcmalloc.adoc"),
  },
  figure("against", "small messages", tcmalloc, { case: "tcmalloc", work: "json", quantity: "rss" }),
  figure("against", "after large bodies", tcmalloc, { case: "tcmalloc", work: "bodies", quantity: "idle" }),
  {
    runtime: "deno",
    backend: "tcmalloc",
    side: "against",
    text: "Its thread caches may hold 32 MiB, and this target's whole headroom is hardly more.",
    source: documented("https://github.com/gperftools/gperftools/blob/master/docs/tcmalloc.adoc"),
    when: ({ memoryBytes }) => memoryBytes < TCMALLOC_LIMIT_BYTES_MIN,
  },
  {
    runtime: "bun",
    backend: "mimalloc",
    side: "for",
    text: "It is linked into Bun, serves heap and buffers alike, on musl too, and gives memory back by a thread of its own.",
    source: documented("https://github.com/oven-sh/bun/pull/34009"),
  },
  figure("for", "with engine.smol", bun, { case: "mimalloc, --smol", work: "json", quantity: "cpu" }),
  figure("for", "with engine.smol", bun, { case: "mimalloc, --smol", work: "json", quantity: "rss" }),
  figure("against", "with engine.smol, large bodies", bun, {
    case: "mimalloc, --smol",
    work: "bodies",
    quantity: "cpu",
  }),
  {
    runtime: "bun",
    backend: "mimalloc",
    side: "against",
    text: "Only its own variables tune it: no other library can take its place.",
    source: documented("https://github.com/oven-sh/bun/pull/34009"),
  },
];

/** The measured ratio to the runtime's default malloc; undefined: it was not measured. */
export function ratioOf(runtime: RuntimeName, { case: name, work, quantity }: MeasuredClaim): number | undefined {
  const cases: Readonly<Record<string, Partial<Record<string, Readonly<Record<Quantity, number>>>>>> =
    allocatorRatios[runtime];
  return cases[name]?.[work]?.[quantity];
}

const quantityWords: Readonly<Record<Quantity, string>> = {
  cpu: "CPU per request",
  rss: "resident size under load",
  idle: "resident size 3 s after the load",
};
const workWords: Readonly<Record<MeasuredWork, string>> = {
  json: "5 KB of JSON",
  bodies: "256 KiB in, 64 KiB out",
  strings: "replies of 4 KiB",
};

/** The claim as one sentence, its figure included. */
export function claimText({ runtime, text, measured }: Claim): string {
  if (measured === undefined) return text;
  const { work, quantity } = measured;
  const base = runtime === "bun" ? "the default's" : "glibc's";
  const about = `${text.charAt(0).toUpperCase()}${text.slice(1)} (${workWords[work]})`;
  return `${about}: ${ratioOf(runtime, measured)?.toFixed(2) ?? "not measured"} times ${base} ${quantityWords[quantity]}.`;
}

/** The claims about one backend on such a target. */
export function claimsAbout(runtime: RuntimeName, backend: string, facts: Facts): readonly Claim[] {
  return claims.filter(
    (claim) => claim.runtime === runtime && claim.backend === backend && (claim.when?.(facts) ?? true),
  );
}
