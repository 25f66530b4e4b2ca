/**
 * Password hashes: scrypt (RFC 7914) as text, "scrypt$N$r$p$salt$hash" with salt and hash in base64.
 *
 * New hashes take N=2^14, r=8, p=5, one of the settings that OWASP's Password Storage Cheat Sheet holds for equal: of them
 * it is the one whose 16 MiB a small server can spare while it verifies.
 */
import { randomBytes, type ScryptOptions, scrypt } from "node:crypto";

export interface ScryptParameters {
  readonly n: number;
  readonly r: number;
  readonly p: number;
}

export interface PasswordHash extends ScryptParameters {
  /** Base64. */
  readonly salt: string;
  /** Base64. */
  readonly hash: string;
}

export const newHashParameters: ScryptParameters = { n: 16_384, r: 8, p: 5 };

/** 128 bits: NIST SP 800-132, section 5.1. */
const SALT_BYTES = 16;
/** 256 bits, as many as scrypt's own SHA-256 has. */
const HASH_BYTES = 32;
/** One verification must fit beside the server: OWASP's largest setting takes half of it. */
const MEMORY_BYTES_MAX = 256 * 1024 * 1024;

/** OWASP's least p for each N, at r=8. */
const leastParallelism: ReadonlyMap<number, number> = new Map([
  [131_072, 1],
  [65_536, 2],
  [32_768, 3],
  [16_384, 5],
  [8192, 10],
]);

/** Whether it takes an attacker less work than OWASP's cheat sheet asks for. */
export function isWeak({ n, r, p }: ScryptParameters): boolean {
  if (n > 131_072) return r < 8;
  return r < 8 || p < (leastParallelism.get(n) ?? Number.POSITIVE_INFINITY);
}

/** Takes this many bytes of memory while it runs, and none of the event loop's time. */
export function memoryBytes({ n, r }: ScryptParameters): number {
  return 128 * n * r;
}

/** What is wrong with the text, without repeating it, or the hash. */
export function parsePasswordHash(text: string): PasswordHash | string {
  const [scheme, nText = "", rText = "", pText = "", salt = "", hash = "", ...rest] = text.split("$");
  if (scheme !== "scrypt" || hash === "" || rest.length > 0) return 'is not of the form "scrypt$N$r$p$salt$hash"';
  const [n, r, p] = [wholeNumber(nText), wholeNumber(rText), wholeNumber(pText)];
  if (n < 1024 || n > 2 ** 20 || !Number.isInteger(Math.log2(n)))
    return "has an N that is no power of 2 from 2^10 to 2^20";
  if (r < 1 || r > 32 || p < 1 || p > 16) return "has an r outside 1 to 32 or a p outside 1 to 16";
  if (memoryBytes({ n, r, p }) > MEMORY_BYTES_MAX) return "needs more than 256 MiB of memory";
  if (base64Bytes(salt) < SALT_BYTES) return "has a salt that is not base64 of at least 16 bytes";
  if (base64Bytes(hash) !== HASH_BYTES) return "has a hash that is not base64 of 32 bytes";
  return { n, r, p, salt, hash };
}

const encoder = new TextEncoder();

/**
 * Off the event loop, in the runtime's thread pool. The password is taken in its NFC form (RFC 8265, section 4.2.2), as
 * bytes that are zeroed when it is done; whoever gets the key zeroes that. The string itself, and what the runtime copies for
 * its thread, cannot be.
 */
export function derive(password: string, { n, r, p, salt }: Omit<PasswordHash, "hash">): Promise<Uint8Array> {
  // What OpenSSL and BoringSSL count: the table, one working block for each lane, and two more.
  const options: ScryptOptions = { N: n, r, p, maxmem: 128 * r * (n + p + 2) };
  const bytes = encoder.encode(password.normalize("NFC"));
  const work = new Promise<Uint8Array>((resolve, reject) => {
    scrypt(bytes, decodeBase64(salt), HASH_BYTES, options, (error, key) => (error ? reject(error) : resolve(key)));
  });
  return work.finally(() => bytes.fill(0));
}

/** @returns the hash as text, with a salt of its own */
export async function hashPassword(
  password: string,
  parameters: ScryptParameters = newHashParameters,
): Promise<string> {
  const salt = randomBytes(SALT_BYTES).toString("base64");
  const key = await derive(password, { ...parameters, salt });
  const hash = encodeBase64(key);
  key.fill(0);
  return ["scrypt", parameters.n, parameters.r, parameters.p, salt, hash].join("$");
}

export function decodeBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

function encodeBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

function wholeNumber(text: string): number {
  return /^[1-9]\d{0,7}$/.test(text) ? Number(text) : 0;
}

/** 0: it is no base64. */
function base64Bytes(text: string): number {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) return 0;
  return decodeBase64(text).length;
}
