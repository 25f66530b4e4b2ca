/**
 * Files of a folder that is too large for a table: each request looks for its own.
 *
 * A name has no dot segment and no separator but "/" (request-key.ts); it is resolved through all symbolic links, must
 * then lie within the root, and what is opened is that resolved path, without following a link. So a request reaches
 * nothing outside unless somebody who may write into the folder swaps a folder for a link at that very moment.
 */
import { lstat, realpath } from "node:fs/promises";
import { join, sep } from "node:path";
import { type ContentCoding, preferredEncoding } from "../../http/accept-encoding.ts";
import type { FeatureServices } from "../../http/feature.ts";
import { type FileStamp, stampOf } from "../../runtime/file-stamp.ts";
import { notAcceptable } from "./file-codings.ts";
import { counted } from "./file-counters.ts";
import { fileReply } from "./file-reply.ts";
import { openedSource } from "./opened-source.ts";
import { type Freshness, representation } from "./representation.ts";
import { isHidden } from "./request-key.ts";
import type { FileSource, Presence } from "./serve-files.ts";
import { siblingKinds } from "./siblings.ts";

export class LazyFiles implements FileSource {
  readonly #root: string;
  readonly #index: string;
  readonly #freshness: Freshness;
  readonly #services: FeatureServices;

  constructor(root: string, services: FeatureServices) {
    const { index, max_age_s, fingerprints } = services.config.static;
    this.#root = root;
    this.#index = index;
    this.#freshness = { maxAgeS: max_age_s, fingerprints };
    this.#services = services;
  }

  async has(key: string): Promise<Presence> {
    if ((await this.#locate(key)) !== undefined) return "file";
    if (key === "" || key.endsWith("/") || this.#index === "") return "nothing";
    return (await this.#locate(`${key}/`)) === undefined ? "nothing" : "redirect";
  }

  async serve(key: string, request: Request): Promise<Response | undefined> {
    const located = await this.#locate(key);
    if (located === undefined) return undefined;
    const siblings = await this.#siblings(located);
    const available = siblings.map((sibling) => sibling.coding);
    const varies = available.length > 0;
    const coding = varies ? preferredEncoding(request.headers.get("accept-encoding"), available) : "identity";
    if (coding === undefined) throw notAcceptable();
    const sibling = siblings.find((known) => known.coding === coding);
    const chosen = sibling ? { path: sibling.path, coding: sibling.coding } : { path: located.path, coding: undefined };
    const open = await this.#services.openFile(chosen.path);
    if (!open) return undefined;
    const coded = { coding: chosen.coding, varies };
    const of = representation(located.path, open.stamp, undefined, coded, this.#freshness);
    return counted(fileReply(request, of, openedSource(open), Date.now()), "file", this.#services.counters);
  }

  /** The file that a name stands for; a compressed sibling has no name of its own. */
  async #locate(key: string): Promise<{ readonly path: string; readonly stamp: FileStamp } | undefined> {
    if (key === "" || key.endsWith("/")) {
      return this.#index === "" ? undefined : this.#find(key + this.#index);
    }
    const coding = siblingKinds.find(({ extension }) => key.endsWith(extension));
    if (coding && (await this.#find(key.slice(0, -coding.extension.length)))) return undefined;
    return this.#find(key);
  }

  /** A regular file within the root, by its path without symbolic links. */
  async #find(key: string): Promise<{ readonly path: string; readonly stamp: FileStamp } | undefined> {
    if (isHidden(key)) return undefined;
    try {
      const path = await realpath(join(this.#root, key));
      if (!path.startsWith(this.#root + sep)) return undefined;
      if (isHidden(path.slice(this.#root.length + 1).replaceAll(sep, "/"))) return undefined;
      const stats = await lstat(path);
      return stats.isFile() ? { path, stamp: stampOf(stats) } : undefined;
    } catch {
      // Not there, or not ours to read, which is the same to a client.
      return undefined;
    }
  }

  async #siblings(file: { readonly path: string; readonly stamp: FileStamp }) {
    const found: { coding: ContentCoding; path: string }[] = [];
    for (const { coding, extension } of siblingKinds) {
      const path = file.path + extension;
      const stats = await lstat(path).catch(() => undefined);
      if (!stats?.isFile() || stats.mtimeMs < file.stamp.modifiedMs || stats.size >= file.stamp.sizeBytes) continue;
      found.push({ coding, path });
    }
    return found;
  }
}
