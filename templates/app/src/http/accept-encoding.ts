/**
 * Which content coding a client gets, by its Accept-Encoding (RFC 9110, section 12.5.3).
 *
 * Idea: only five names matter, so one pass over the field keeps five weights and no list. What is not of the field's
 * grammar is passed over, which leaves that coding unacceptable: a client that cannot spell one may not be able to read it.
 */

export type ContentCoding = "br" | "zstd" | "gzip";

/** "q" in thousandths; undefined: not named. */
type Weights = Record<ContentCoding | "identity" | "*", number | undefined>;

/**
 * The coding with the greatest weight; among equal ones the first of `available`, and a coding before identity unless the
 * field prefers identity by name. Without the field every coding would be acceptable, but a client that does not ask for
 * one may be unable to decode it: identity.
 *
 * @returns undefined: the client excludes identity and everything that is available
 */
export function preferredEncoding(
  header: string | null,
  available: readonly ContentCoding[],
): ContentCoding | "identity" | undefined {
  if (header === null) return "identity";
  const weights = weightsOf(header);
  let best: ContentCoding | undefined;
  let bestWeight = 0;
  for (const coding of available) {
    const weight = weights[coding] ?? weights["*"] ?? 0;
    if (weight > bestWeight) {
      best = coding;
      bestWeight = weight;
    }
  }
  // Identity needs no mention; only a weight of 0, its own or that of "*", excludes it.
  if (best === undefined) return (weights.identity ?? weights["*"] ?? 1) > 0 ? "identity" : undefined;
  return (weights.identity ?? 0) > bestWeight ? "identity" : best;
}

function weightsOf(header: string): Weights {
  const weights: Weights = { br: undefined, zstd: undefined, gzip: undefined, identity: undefined, "*": undefined };
  for (let start = 0; start <= header.length; ) {
    const comma = header.indexOf(",", start);
    const end = comma < 0 ? header.length : comma;
    note(header.slice(start, end), weights);
    start = end + 1;
  }
  return weights;
}

/** One element, such as "gzip;q=0.8"; of a repeated name the first one counts. */
function note(element: string, weights: Weights): void {
  const semicolon = element.indexOf(";");
  const name = (semicolon < 0 ? element : element.slice(0, semicolon)).trim().toLowerCase();
  // "x-gzip" is another name of gzip (RFC 9110, section 8.4.1.3).
  const coding = name === "x-gzip" ? "gzip" : name;
  if (!isKnown(coding) || weights[coding] !== undefined) return;
  const weight = semicolon < 0 ? 1000 : thousandths(element.slice(semicolon + 1));
  if (weight !== undefined) weights[coding] = weight;
}

function isKnown(name: string): name is keyof Weights {
  return name === "gzip" || name === "br" || name === "zstd" || name === "identity" || name === "*";
}

/** RFC 9110, section 12.4.2: at most three digits after the point, and nothing above 1. */
const WEIGHT = /^[ \t]*[qQ]=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)[ \t]*$/;

function thousandths(parameter: string): number | undefined {
  const match = WEIGHT.exec(parameter);
  return match ? Math.round(Number(match[1]) * 1000) : undefined;
}
