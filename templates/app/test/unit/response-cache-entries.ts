/** Entries whose every byte follows from their key and a seed, so that a torn or mixed-up one cannot pass. */
import type { FoundEntry, NewEntry } from "../../src/features/response-cache/entry.ts";

const forms = ["latin1", "bytes"] as const;

export function newEntry(key: string, seed: number, bytes: number, endMs: number = Number.MAX_SAFE_INTEGER): NewEntry {
  const length = Math.max(1, Math.floor(bytes));
  return {
    form: forms[seed % 2] as "latin1" | "bytes",
    head: new TextEncoder().encode(`${key} ${seed} ${length}`),
    body: content(seed, length),
    tags: [seed, length],
    storedMs: seed,
    freshMs: endMs,
    staleMs: endMs,
    errorMs: endMs,
  };
}

export function isEntryOf({ head, body, storedMs }: FoundEntry, key: string): boolean {
  const [name, seed, length] = head.split(" ");
  if (name !== key || Number(seed) !== storedMs || Number(length) !== body.length) return false;
  const expected = content(storedMs, body.length);
  for (let at = 0; at < expected.length; at += 1) {
    if ((typeof body === "string" ? body.charCodeAt(at) : body[at]) !== expected[at]) return false;
  }
  return true;
}

/** ASCII that changes with the seed and the place. */
function content(seed: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = seed | 1;
  for (let at = 0; at < length; at += 1) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) | 0;
    bytes[at] = (state >>> 16) & 127;
  }
  return bytes;
}
