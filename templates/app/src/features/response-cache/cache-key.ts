/**
 * Keys: what a reply may depend on. Whatever a handler reads and the key leaves out can be used to poison the cache.
 *
 * So the key is the whole URL as the handler sees it, with scheme, host and query, and the values of the headers that
 * the route or the reply names; a route that narrows the query promises that it reads no other parameter. Only GET is
 * cached, so the method is not in it. Parameters are sorted by name; those of one name keep their order, which handlers see.
 */

/** More headers than this make keys of no use to a second client. */
export const VARY_NAMES_MAX = 8;

/** The key of a URL; `query` names the parameters that count, undefined: all. */
export function keyOf(url: string, query: readonly string[] | undefined): string {
  const start = url.indexOf("?");
  if (start < 0) return url;
  const end = url.indexOf("#", start);
  const text = end < 0 ? url.slice(start + 1) : url.slice(start + 1, end);
  const sorted = query === undefined ? sortedParameters(text) : chosenParameters(text, query);
  return sorted === "" ? url.slice(0, start) : `${url.slice(0, start)}?${sorted}`;
}

/** Values of request headers behind the key; a header that is missing differs from an empty one. */
export function variantOf(key: string, names: readonly string[], headers: Headers): string {
  let variant = key;
  for (const name of names) {
    const value = headers.get(name);
    if (value === null) variant += "\n";
    else variant += `\n:${name === "accept-encoding" ? normalEncodings(value) : value.trim()}`;
  }
  return variant;
}

/** Header names of Vary, sorted; undefined: "*" or too many, no other request is like this one. */
export function varyNames(header: string | undefined, without: readonly string[]): readonly string[] | undefined {
  if (header === undefined) return [];
  const names = new Set(header.split(",").map((name) => name.trim().toLowerCase()));
  for (const name of ["", ...without]) names.delete(name);
  return names.has("*") || names.size > VARY_NAMES_MAX ? undefined : [...names].sort();
}

/** Codings that a server here may answer with; the rest of the field decides nothing. */
const codings: readonly string[] = ["br", "gzip", "zstd", "identity", "*"];

/**
 * Accept-Encoding by what a server can make of it: the codings that it knows, best first, those of equal quality joined.
 * Browsers' many spellings become a few, and every choice that goes by quality stays the same.
 */
export function normalEncodings(value: string): string {
  const byQuality = new Map<number, string[]>();
  for (const part of value.toLowerCase().split(",")) {
    const [name = "", ...parameters] = part.split(";").map((text) => text.trim());
    const coding = name === "x-gzip" ? "gzip" : name;
    if (!codings.includes(coding)) continue;
    const quality = parameters.find((parameter) => /^q\s*=/.test(parameter));
    const weight = quality === undefined ? 1 : Number(quality.slice(quality.indexOf("=") + 1));
    // An unreadable quality is told apart by its own rank, so that it is never mixed up with a readable one.
    const rank = Number.isNaN(weight) ? -1 : weight;
    byQuality.set(rank, [...(byQuality.get(rank) ?? []), coding]);
  }
  const ranks = [...byQuality].sort(([left], [right]) => right - left);
  return ranks
    .map(([rank, names]) => `${rank > 0 ? "" : rank < 0 ? "?" : "!"}${[...new Set(names)].sort().join("=")}`)
    .join(">");
}

function sortedParameters(text: string): string {
  if (!text.includes("&")) return text;
  const parameters = text.split("&").filter((parameter) => parameter !== "");
  return parameters
    .map((parameter) => ({ name: nameOf(parameter), parameter }))
    .sort((left, right) => (left.name < right.name ? -1 : left.name > right.name ? 1 : 0))
    .map(({ parameter }) => parameter)
    .join("&");
}

/** Read as the handler reads them: an encoded name is the same name. */
function chosenParameters(text: string, query: readonly string[]): string {
  const chosen = [...new URLSearchParams(text)].filter(([name]) => query.includes(name));
  chosen.sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0));
  return new URLSearchParams(chosen).toString();
}

function nameOf(parameter: string): string {
  const end = parameter.indexOf("=");
  return end < 0 ? parameter : parameter.slice(0, end);
}
