/**
 * Which figures of a bench's cases become columns: as many as the terminal is wide, the telling ones first. What finds no
 * room is in the JSON and on the page.
 */
import type { CaseDocument, Estimate } from "./document.ts";
import { type FigureName, figureTable } from "./figure-table.ts";
import { numberText, scaleOf, spreadText } from "./figure-text.ts";
import { profileOf } from "./latency-profile.ts";
import { rangeOf, resampled, sparkline } from "./sparkline.ts";

export interface Column {
  readonly head: string;
  readonly unit: string;
  /** One a case; columns align to their right. */
  readonly cells: readonly string[];
}

/** Names short enough for the head of a column; the others are told by the figures' table. */
const shortLabels: Readonly<Partial<Record<FigureName, string>>> = {
  connections_per_second: "connects",
  latency_p50_us: "p50",
  latency_p90_us: "p90",
  latency_p99_us: "p99",
  latency_p999_us: "p99.9",
  latency_max_us: "max",
  late_p99_us: "sent late",
  offered_per_second: "offered",
  server_cpu_us_per_request: "CPU/req",
  server_cpu_us_per_message: "CPU/msg",
  server_cpu_us_per_delivery: "CPU/deliv",
  server_cpu_us_per_connection: "CPU/conn",
  server_cpu_ns_per_byte: "CPU/byte",
  server_cpus_busy: "busy",
  generator_cpus_busy: "gen busy",
  server_rss_bytes: "memory",
  server_rss_peak_bytes: "peak",
  server_rss_bytes_per_connection: "mem/conn",
  event_loop_lag_ms: "loop lag",
  start_ms: "start",
  scaling_ratio: "over one",
  image_bytes_compressed: "image",
  cpu_ns_per_buffer: "CPU/buffer",
  rss_over_live_ratio: "held/live",
};

/** What is wanted first, second and so on; figures that are not here come after these, as they stand in their table. */
const wanted: readonly FigureName[] = [
  "requests_per_second",
  "messages_per_second",
  "deliveries_per_second",
  "start_ms",
  "cpu_ns_per_buffer",
  "rss_over_live_ratio",
  "scaling_ratio",
  "latency_p99_us",
  "server_cpu_us_per_request",
  "server_cpu_us_per_message",
  "server_cpu_us_per_delivery",
  "server_cpu_us_per_connection",
  "server_rss_bytes_per_connection",
  "server_rss_bytes",
  "bytes_per_second",
  "hit_ratio",
  "latency_p50_us",
  "latency_p999_us",
  "operations_per_second",
  "connections_per_second",
  "server_rss_peak_bytes",
  "image_bytes_compressed",
  "event_loop_lag_ms",
];

/** Figures of which a case has one, and which one its title tells: together they take one column. */
const families: readonly { readonly head: string; readonly names: readonly FigureName[] }[] = [
  {
    head: "rate",
    names: [
      "requests_per_second",
      "messages_per_second",
      "deliveries_per_second",
      "connections_per_second",
      "operations_per_second",
    ],
  },
  {
    head: "CPU each",
    names: [
      "server_cpu_us_per_request",
      "server_cpu_us_per_message",
      "server_cpu_us_per_delivery",
      "server_cpu_us_per_connection",
    ],
  },
];

/** Columns are apart by so much. */
const GAP = 2;
const PROFILE_COLUMNS = 8;
const SERIES_COLUMNS = 8;

type Offer = { readonly key: string; readonly place: number; readonly columns: Column };

/** @returns columns that fit into `width` together, each with its gap before it, in reading order */
export function caseColumns(cases: readonly CaseDocument[], width: number, unicode: boolean): readonly Column[] {
  const taken: Offer[] = [];
  let left = width;
  for (const offer of offersOf(cases, unicode)) {
    const cost = offer.key.endsWith(SPREAD) ? widthOf(offer.columns) + 1 : widthOf(offer.columns) + GAP;
    const alone = offer.key.endsWith(SPREAD) && !taken.some(({ key }) => offer.key === key + SPREAD);
    if (alone || cost > left) continue;
    taken.push(offer);
    left -= cost;
  }
  return taken.sort((a, b) => a.place - b.place).map(({ columns }) => columns);
}

export function widthOf({ head, unit, cells }: Column): number {
  return Math.max(...[head, unit, ...cells].map((text) => [...text].length));
}

const SPREAD = " ±";

/** Whether a column is the interval of the one before it, and stands close to it. */
export function isSpread({ head, cells }: Column): boolean {
  return head === "" && cells.some((cell) => cell.startsWith("±"));
}

function offersOf(cases: readonly CaseDocument[], unicode: boolean): readonly Offer[] {
  const kinds = kindsOf(cases);
  const values = kinds.map((kind) => valueOffer(cases, kind));
  const spreads = kinds.map((kind) => spreadOffer(cases, kind));
  const curves = { profile: profileOffer(cases, unicode), series: seriesOffer(cases, unicode) };
  const first = [values[0], values[1], spreads[0], curves.profile, limitOffer(cases), ...values.slice(2, 4)];
  const later = [curves.series, ...values.slice(4, 6), ...spreads.slice(1, 3), ...values.slice(6)];
  return [...first, ...later, ...spreads.slice(3)].filter((offer) => offer !== undefined);
}

interface Kind {
  readonly head: string;
  /** A case shows the first of these that it has. */
  readonly names: readonly [FigureName, ...FigureName[]];
  readonly place: number;
}

/** What may become a column, the most wanted first. */
function kindsOf(cases: readonly CaseDocument[]): readonly Kind[] {
  const all = Object.keys(figureTable) as FigureName[];
  const there = all.filter((name) => cases.some(({ figures }) => figures[name] !== undefined));
  const order = [...wanted.filter((name) => there.includes(name)), ...there.filter((name) => !wanted.includes(name))];
  const merged = families.filter(({ names }) => isFamily(cases, names));
  return order.flatMap((name): readonly Kind[] => {
    const place = all.indexOf(name);
    const family = merged.find(({ names }) => names.includes(name));
    if (!family) return [{ head: shortLabels[name] ?? figureTable[name].label, names: [name], place }];
    const names = order.filter((other) => family.names.includes(other));
    return name === names[0] ? [{ head: family.head, names: [name, ...names.slice(1)], place }] : [];
  });
}

/** Several kinds in the bench, and no case with two of them. */
function isFamily(cases: readonly CaseDocument[], names: readonly FigureName[]): boolean {
  const counts = cases.map(({ figures }) => names.filter((name) => figures[name] !== undefined).length);
  const kinds = names.filter((name) => cases.some(({ figures }) => figures[name] !== undefined));
  return kinds.length > 1 && counts.every((count) => count <= 1);
}

function estimatesOf(cases: readonly CaseDocument[], { names }: Kind): readonly (Estimate | undefined)[] {
  return cases.map(({ figures }) => names.map((name) => figures[name]).find((estimate) => estimate !== undefined));
}

function valueOffer(cases: readonly CaseDocument[], kind: Kind): Offer {
  const medians = estimatesOf(cases, kind).map((estimate) => estimate?.median);
  const known = medians.filter((value) => value !== undefined);
  const scale = scaleOf(kind.names[0], known);
  const cells = medians.map((value) => (value === undefined ? "" : numberText(value, scale)));
  return { key: kind.names[0], place: kind.place, columns: { head: kind.head, unit: scale.unit, cells } };
}

function spreadOffer(cases: readonly CaseDocument[], kind: Kind): Offer | undefined {
  const cells = estimatesOf(cases, kind).map((estimate) => (estimate ? spreadText(estimate) : ""));
  if (cells.every((cell) => cell === "")) return undefined;
  return { key: kind.names[0] + SPREAD, place: kind.place + 0.5, columns: { head: "", unit: "", cells } };
}

function profileOffer(cases: readonly CaseDocument[], unicode: boolean): Offer | undefined {
  if (cases.every(({ latency }) => latency.length === 0)) return undefined;
  const profiles = cases.map(({ latency }) => (latency.length === 0 ? [] : profileOf(latency, PROFILE_COLUMNS)));
  const range = rangeOf(profiles.flat());
  const cells = profiles.map((profile) => sparkline(profile, unicode, range));
  return { key: "profile", place: 1000, columns: { head: "latency", unit: "to max", cells } };
}

function seriesOffer(cases: readonly CaseDocument[], unicode: boolean): Offer | undefined {
  const first = cases.flatMap(({ series }) => series)[0];
  if (!first) return undefined;
  const cells = cases.map(({ series }) => {
    const points = series.find(({ figure }) => figure === first.figure)?.points ?? [];
    return points.length === 0 ? "" : sparkline(resampled(points, SERIES_COLUMNS), unicode);
  });
  const head = shortLabels[first.figure] ?? figureTable[first.figure].label;
  return { key: "series", place: 1001, columns: { head, unit: "in time", cells } };
}

const limitWords = {
  server: "server",
  generator: "GENERATOR",
  both: "both",
  neither: "neither",
  unknown: "?",
} as const;

function limitOffer(cases: readonly CaseDocument[]): Offer | undefined {
  const cells = cases.map(({ limited_by }) => (limited_by === null ? "" : limitWords[limited_by]));
  if (cells.every((cell) => cell === "")) return undefined;
  return { key: "limit", place: 1002, columns: { head: "limited", unit: "by", cells } };
}
