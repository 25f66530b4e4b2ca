/**
 * A small file without siblings is compressed when it is first sent from memory, and then held so: once per worker, with
 * the effort that servers spend on a single answer.
 */
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { ContentCoding } from "../../http/accept-encoding.ts";
import { savesEnough } from "./compressible.ts";

/** In the order of preference where a client has none. */
export const packCodings: readonly ContentCoding[] = ["br", "gzip"];

/** About what gzip takes for its default level: 64 KiB in 1 to 2 ms. */
const BROTLI_QUALITY = 5;

/** undefined: it would save too little. */
export function packFile(coding: ContentCoding, bytes: Uint8Array): Uint8Array | undefined {
  const packed =
    coding === "br"
      ? brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } })
      : gzipSync(bytes);
  return savesEnough(packed.length, bytes.length) ? new Uint8Array(packed) : undefined;
}
