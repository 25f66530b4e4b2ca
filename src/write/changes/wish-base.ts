/**
 * `fastserve.json` holds the wish, and a run reads it before it generates anything: what is generated says all that the
 * user wrote, and an answer given to the run has the last word. A merge against the stored base would bring back an
 * older answer, so the base is what the user wrote, without what only the user has there, such as a note.
 */

import { textOf } from "../disk/file-text.ts";

const PROFILES = "profiles";

type Json = Readonly<Record<string, unknown>>;

/** The base that makes a merge keep the layout on disk and take each value from `next`; undefined: it is no JSON. */
export function wishBase(local: Uint8Array, next: Uint8Array, stored: Uint8Array | undefined): Uint8Array | undefined {
  const mine = parsed(local);
  if (mine === undefined) return stored;
  // The only key of the wish that may be in the user's text alone: a profile written by hand, which this run removes.
  const known = new Set([PROFILES, ...Object.keys({ ...parsed(next), ...(stored && parsed(stored)) })]);
  const base = Object.fromEntries(Object.entries(mine).filter(([key]) => known.has(key)));
  return Buffer.from(`${JSON.stringify(base, undefined, 2)}\n`, "utf8");
}

function parsed(bytes: Uint8Array): Json | undefined {
  try {
    const value: unknown = JSON.parse(textOf(bytes) ?? "");
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
  } catch {
    // Expected for a file that was damaged after it was read.
    return undefined;
  }
}
