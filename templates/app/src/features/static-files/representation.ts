/** One representation of a file: what its response says, beside the bytes. */
import { createHash } from "node:crypto";
import type { ContentCoding } from "../../http/accept-encoding.ts";
import type { FileStamp } from "../../runtime/file-stamp.ts";
import { cacheControl, type Fingerprints } from "./cache-control.ts";
import { contentType } from "./content-type.ts";
import { DIGEST_BYTES } from "./file-table.ts";
import { httpDate } from "./http-date.ts";
import type { Validators } from "./preconditions.ts";

export interface Representation extends Validators {
  readonly sizeBytes: number;
  readonly contentType: string;
  readonly cacheControl: string;
  readonly coding: ContentCoding | undefined;
  /** Whether other clients may be sent another coding. */
  readonly varies: boolean;
}

export interface Freshness {
  readonly maxAgeS: number;
  readonly fingerprints: Fingerprints;
}

/**
 * A strong tag is a digest of the representation's bytes, so each coding has its own, and machines with the same files
 * agree. Size and time alone would say "the same" of files whose times a build has set back, as reproducible builds
 * do; a tag made of them is weak: good for 304, not for joining ranges.
 */
export function strongTag(digest: Uint8Array): string {
  return `"${Buffer.from(digest).toString("base64url")}"`;
}

export function weakTag({ sizeBytes, modifiedMs }: FileStamp): string {
  return `W/"${sizeBytes.toString(36)}-${Math.round(modifiedMs).toString(36)}"`;
}

export function digestOf(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash("sha256").update(bytes).digest()).subarray(0, DIGEST_BYTES);
}

/** @param path of the file itself, whatever the coding: it decides the type and how long to keep it */
export function representation(
  path: string,
  stamp: FileStamp,
  digest: Uint8Array | undefined,
  coded: { readonly coding: ContentCoding | undefined; readonly varies: boolean },
  freshness: Freshness,
): Representation {
  return {
    etag: digest ? strongTag(digest) : weakTag(stamp),
    earlierTag: digest ? weakTag(stamp) : undefined,
    modifiedMs: Math.floor(stamp.modifiedMs / 1000) * 1000,
    sizeBytes: stamp.sizeBytes,
    contentType: contentType(path),
    cacheControl: cacheControl(path, freshness.maxAgeS, freshness.fingerprints),
    ...coded,
  };
}

/** What a 304 repeats (RFC 9110, section 15.4.5). */
export function validatorHeaders(of: Representation, nowMs: number): [string, string][] {
  const headers: [string, string][] = [
    ["etag", of.etag],
    // A time to come would be one that the response's own Date contradicts (section 8.8.2.1).
    ["last-modified", httpDate(Math.min(of.modifiedMs, nowMs))],
    ["cache-control", of.cacheControl],
  ];
  if (of.varies) headers.push(["vary", "accept-encoding"]);
  return headers;
}

export function contentHeaders(of: Representation, nowMs: number): [string, string][] {
  const headers = validatorHeaders(of, nowMs);
  headers.push(["accept-ranges", "bytes"]);
  if (of.coding !== undefined) headers.push(["content-encoding", of.coding]);
  return headers;
}
