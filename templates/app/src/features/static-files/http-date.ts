/** HTTP dates (RFC 9110, section 5.6.7), in whole seconds: what a Last-Modified can say. */

const IMF = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;
/** The two obsolete forms, which a recipient must accept: RFC 850's and C's asctime. */
const OBSOLETE = [
  /^[A-Z][a-z]+day, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/,
  /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/,
];

export function httpDate(ms: number): string {
  return new Date(ms).toUTCString();
}

/** Milliseconds since 1970, or undefined: it is no HTTP date, and then the field that holds it is ignored. */
export function parseHttpDate(text: string): number | undefined {
  const [rfc850, asctime] = OBSOLETE as [RegExp, RegExp];
  let written = text;
  if (rfc850.test(text)) written = text.replace(/(\d{2})-([A-Z][a-z]{2})-(\d{2})/, fullYear);
  else if (asctime.test(text)) written = `${text} GMT`;
  else if (!IMF.test(text)) return undefined;
  const ms = Date.parse(written);
  return Number.isNaN(ms) ? undefined : ms;
}

/** Two digits that would lie more than 50 years ahead mean the century before. */
function fullYear(_: string, day: string, month: string, digits: string): string {
  const now = new Date().getUTCFullYear();
  let year = Math.floor(now / 100) * 100 + Number(digits);
  if (year > now + 50) year -= 100;
  return `${day} ${month} ${year}`;
}
