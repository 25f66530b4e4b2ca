/** Which files are worth compressing, before the start (precompress) or when they are first sent from memory. */
import { contentType } from "./content-type.ts";

/** Below about one packet a smaller body is not received sooner: Ethernet's MTU less the headers of IP and TCP. */
const BYTES_MIN = 1400;
/** What a compressed form must save: less is not worth the second copy in memory and in caches. */
const SAVED_SHARE_MIN = 0.05;

/** Types that are text, or carry no compression of their own. */
const COMPRESSIBLE =
  /^(?:text\/|application\/(?:(?:[\w.-]+\+)?(?:json|xml)|javascript|wasm|yaml|toml|rtf|x-tar|dash\+xml|vnd\.apple\.mpegurl)|image\/(?:svg\+xml|bmp|vnd\.microsoft\.icon)|font\/(?:ttf|otf))/;

export function isCompressible(path: string, sizeBytes: number): boolean {
  return sizeBytes >= BYTES_MIN && COMPRESSIBLE.test(contentType(path));
}

export function savesEnough(compressedBytes: number, sizeBytes: number): boolean {
  return compressedBytes <= sizeBytes * (1 - SAVED_SHARE_MIN);
}
