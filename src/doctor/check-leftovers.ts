/** What a conflict left for a person to decide: markers in files, and new versions beside them. */
import type { FileSystem } from "../io/ports.ts";
import { leftoverMarkers } from "../lib/leftover-markers.ts";
import { takesMarkers } from "../merge/strategy.ts";
import { sidecarOf, sidecarPath } from "../write/changes/sidecar.ts";
import { readDiskFile } from "../write/disk/disk-file.ts";
import type { Base } from "../write/records/base.ts";
import { type Finding, namesText, ok, problem, warning } from "./finding.ts";

/** What is generated is below 100 KiB; a larger file is none that a merge has marked. */
const SCANNED_BYTES_MAX = 1024 * 1024;

export function checkLeftovers(fs: FileSystem, directory: string, base: Base): readonly Finding[] {
  const marked = [...base.files.keys()].flatMap((path) => {
    const line = firstMarker(fs, directory, path);
    return line === undefined ? [] : [{ path, place: `${path}:${line}` }];
  });
  const parsed = marked.filter(({ path }) => !takesMarkers(path));
  const documents = marked.filter(({ path }) => takesMarkers(path));
  const findings = [
    ...(parsed.length === 0
      ? []
      : [markersFinding(problem, parsed, "A program parses it and fails on conflict markers.")]),
    ...(documents.length === 0 ? [] : [markersFinding(warning, documents, "Conflict markers of a merge are left.")]),
    ...sidecarFindings(fs, directory, base),
  ];
  if (findings.length > 0) return findings;
  return [ok("conflicts", "none", "No markers and no new versions beside files are left to decide.")];
}

interface Marked {
  readonly place: string;
}

function markersFinding(
  level: (subject: string, value: string, reason: string, next: string) => Finding,
  marked: readonly Marked[],
  reason: string,
): Finding {
  const places = marked.map(({ place }) => place);
  return level("conflicts", namesText(places), reason, "keep what you want of both sides and delete the markers");
}

function firstMarker(fs: FileSystem, directory: string, path: string): number | undefined {
  const file = readDiskFile(fs, directory, path);
  if (file.kind !== "file" || file.bytes.length > SCANNED_BYTES_MAX) return undefined;
  const bytes = Buffer.from(file.bytes);
  return bytes.includes("<<<<<<<") ? leftoverMarkers(bytes.toString("utf8"))[0] : undefined;
}

function sidecarFindings(fs: FileSystem, directory: string, base: Base): readonly Finding[] {
  // The lock has the sidecar of a file that both have added, and not the file.
  const places = new Set(
    [...base.files.keys()].map((path) => (sidecarOf(path) === undefined ? sidecarPath(path) : path)),
  );
  const sidecars = [...places].filter((path) => readDiskFile(fs, directory, path).kind === "file");
  if (sidecars.length === 0) return [];
  const reason = "The new version stands beside a file of yours that could not take it.";
  const next = "move what you want of it into your file, delete it, and retune with --on-conflict=mine";
  return [warning("conflicts", namesText(sidecars), reason, next)];
}
