/** Which media types are worth compressing. */

/** An event stream must reach its reader event by event; a compressor gathers. */
const NEVER = "text/event-stream";

/** @param types such as "application/json", "text/*" for all text, "*+json" for all that is JSON underneath */
export function mediaTypeMatcher(types: readonly string[]): (contentType: string) => boolean {
  const exact = new Set(types.map((type) => type.toLowerCase()));
  const prefixes = [...exact].filter((type) => type.endsWith("/*")).map((type) => type.slice(0, -1));
  const suffixes = [...exact].filter((type) => type.startsWith("*+")).map((type) => type.slice(1));
  return (contentType) => {
    const semicolon = contentType.indexOf(";");
    const type = (semicolon < 0 ? contentType : contentType.slice(0, semicolon)).trim().toLowerCase();
    if (type === NEVER) return false;
    return exact.has(type) || prefixes.some((each) => type.startsWith(each)) || suffixes.some((s) => type.endsWith(s));
  };
}
