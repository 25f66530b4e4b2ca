/**
 * How long clients may keep a file. A name that holds a hash of its content never stands for other content, so it may
 * be kept without asking; a page never counts as such, because it is what names the others.
 *
 * A wrong guess would fix a file in browsers for a year, so a hash must look like one: hex of eight or more with both
 * letters and digits (webpack), or exactly the eight characters of base64url, base32 or base36 that Rollup, Vite, esbuild
 * and Bun write, with a digit inside and at least three changes between capitals, small letters and digits.
 */

export type Fingerprints = "none" | "hex" | "base64";

/** One year: what "immutable" is customarily combined with (RFC 8246). */
const IMMUTABLE = "max-age=31536000, immutable";

const NAMED = /[.-]([\w-]+)\.(?!html?$|xhtml$)\w+(?:\.map)?$/;
const HEX = /^(?=\d*[a-f])(?=[a-f]*\d)[\da-f]{8,64}$/;
const EIGHT = /[.-]([\w-]{8})\.(?!html?$|xhtml$)\w+(?:\.map)?$/;

export function cacheControl(path: string, maxAgeS: number, fingerprints: Fingerprints): string {
  if (isFingerprinted(path.slice(path.lastIndexOf("/") + 1), fingerprints)) return IMMUTABLE;
  return maxAgeS === 0 ? "no-cache" : `max-age=${maxAgeS}`;
}

export function isFingerprinted(name: string, fingerprints: Fingerprints): boolean {
  if (fingerprints === "none") return false;
  const token = NAMED.exec(name)?.[1] ?? "";
  if (HEX.test(token.slice(token.lastIndexOf("-") + 1))) return true;
  if (fingerprints === "hex") return false;
  const eight = EIGHT.exec(name)?.[1];
  return eight !== undefined && /\d[^\d]/.test(eight) && changes(eight) >= 3;
}

function changes(token: string): number {
  let count = 0;
  for (let at = 1; at < token.length; at += 1) {
    if (kindOf(token[at] as string) !== kindOf(token[at - 1] as string)) count += 1;
  }
  return count;
}

function kindOf(character: string): "digit" | "capital" | "small" | "sign" {
  if (character >= "0" && character <= "9") return "digit";
  if (character >= "A" && character <= "Z") return "capital";
  return character >= "a" && character <= "z" ? "small" : "sign";
}
