/**
 * Files of environment variables. In .env only missing keys are added, for its values are the user's and may be secrets.
 * An example (.env.example) holds none: keys that the user left alone follow the generator there. A comment is an edit:
 * a key with one of the user's above it stays when the generator drops it, and is reported.
 */

import { withoutClash } from "../merge-result.ts";
import type { KeptKey, Merged, Versions } from "../merged.ts";
import { type EnvEntry, type EnvFile, printEnv, readEnv } from "./env-file.ts";

const EXAMPLE = /\.(?:example|sample|template|dist)$/i;

export function mergeEnv(path: string, versions: Versions): Merged {
  const base = readEnv(versions.base ?? "");
  const local = readEnv(versions.local);
  const next = readEnv(versions.next);
  const follows = EXAMPLE.test(path) && versions.base !== undefined;
  const entries = follows ? followed(base, local, next) : local.entries;
  const held = follows ? entries.filter((entry) => isDropped(entry, base, next)) : [];
  const kept = [
    ...keptKeys(base, local, next, EXAMPLE.test(path)),
    ...held.map(({ key, value }) => ({ key, mine: value, recommended: "absent" })),
  ];
  const added = next.entries.filter(({ key }) => !has(local, key) && !has(base, key));
  const merged: EnvFile = { entries: withAdded(entries, added, next, versions.local), end: local.end };
  return withoutClash(printEnv(merged), kept);
}

function followed(base: EnvFile, local: EnvFile, next: EnvFile): readonly EnvEntry[] {
  return local.entries.flatMap((entry): EnvEntry[] => {
    const before = find(base, entry.key);
    if (before === undefined || before.value !== entry.value) return [entry];
    const after = find(next, entry.key);
    if (after === undefined) return hasOwnComment(entry, before) ? [entry] : [];
    const above = entry.above === before.above ? after.above : entry.above;
    return [{ ...withValue(entry, after.value), above }];
  });
}

/** With the user's own "export" and blanks. */
function withValue(entry: EnvEntry, value: string): EnvEntry {
  const start = entry.text.indexOf("=") + 1;
  const text = entry.text.slice(0, start) + entry.text.slice(start).replace(entry.value, () => value);
  return { ...entry, value, text };
}

/** As it was generated, and no longer generated. */
function isDropped({ key, value }: EnvEntry, base: EnvFile, next: EnvFile): boolean {
  return find(base, key)?.value === value && !has(next, key);
}

function hasOwnComment({ above }: EnvEntry, before: EnvEntry): boolean {
  const generated = before.above.split("\n");
  return above.split("\n").some((line) => line.trim() !== "" && !generated.includes(line));
}

function keptKeys(base: EnvFile, local: EnvFile, next: EnvFile, shown: boolean): readonly KeptKey[] {
  return next.entries.flatMap(({ key, value }) => {
    const mine = find(local, key)?.value;
    const before = find(base, key)?.value;
    if (mine === undefined || mine === value || before === value || (shown && mine === before)) return [];
    return [{ key, mine: shown ? mine : "(its value is not shown)", recommended: value }];
  });
}

/** Each added key stands where the new version has it: after the same key, or else at the end. */
function withAdded(
  entries: readonly EnvEntry[],
  added: readonly EnvEntry[],
  next: EnvFile,
  localText: string,
): readonly EnvEntry[] {
  const result = [...entries];
  for (const entry of added) {
    const place = next.entries.findIndex(({ key }) => key === entry.key);
    const before = next.entries[place - 1]?.key;
    const index = result.findLastIndex(({ key }) => key === before);
    const above = entry.above.trim() !== "" && localText.includes(entry.above.trim()) ? "" : entry.above;
    result.splice(index === -1 ? result.length : index + 1, 0, { ...entry, above });
  }
  return result;
}

function has(file: EnvFile, key: string): boolean {
  return find(file, key) !== undefined;
}

/** The last one: it wins when the file is read. */
function find({ entries }: EnvFile, key: string): EnvEntry | undefined {
  return entries.findLast((entry) => entry.key === key);
}
