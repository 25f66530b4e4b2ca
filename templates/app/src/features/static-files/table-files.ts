/** Files that are known by name: found in the shared table, the small ones answered from memory without waiting. */
import type { FeatureServices } from "../../http/feature.ts";
import { isSameFile } from "../../runtime/file-stamp.ts";
import { type Choice, FileCodings } from "./file-codings.ts";
import { counted } from "./file-counters.ts";
import { type FileReply, fileReply } from "./file-reply.ts";
import { FileTable, type FileTableData, REDIRECT } from "./file-table.ts";
import { HeldFile } from "./held-file.ts";
import { openedSource } from "./opened-source.ts";
import { packCodings, packFile } from "./pack-file.ts";
import { readSmallFile } from "./read-small-file.ts";
import { digestOf, type Freshness, representation } from "./representation.ts";
import type { FileSource, Presence } from "./serve-files.ts";
import { SmallFiles } from "./small-files.ts";

export class TableFiles implements FileSource {
  readonly #root: string;
  readonly #table: FileTable;
  readonly #codings: FileCodings;
  readonly #held: SmallFiles<HeldFile>;
  readonly #smallBytesMax: number;
  readonly #freshness: Freshness;
  readonly #services: FeatureServices;

  constructor(root: string, data: FileTableData, services: FeatureServices) {
    const { memory_bytes, memory_file_bytes_max, max_age_s, fingerprints } = services.config.static;
    this.#root = root;
    this.#table = new FileTable(data);
    this.#held = new SmallFiles(memory_bytes);
    this.#smallBytesMax = memory_bytes > 0 ? memory_file_bytes_max : 0;
    this.#codings = new FileCodings(this.#table, this.#smallBytesMax);
    this.#freshness = { maxAgeS: max_age_s, fingerprints };
    this.#services = services;
  }

  has(key: string): Presence {
    const file = this.#table.find(key);
    if (file === REDIRECT) return "redirect";
    return file < 0 ? "nothing" : "file";
  }

  serve(key: string, request: Request): Response | undefined | Promise<Response | undefined> {
    const file = this.#table.find(key);
    if (file < 0) return undefined;
    const choice = this.#codings.choose(file, request);
    const held = this.#held.get(this.#place(choice)) ?? this.#hold(choice);
    if (!held) return this.#serveOpened(choice, request);
    return this.#count(held.reply(request), "memory");
  }

  /** undefined: it is no small file, or not the one that the table knows. */
  #hold(choice: Choice): HeldFile | undefined {
    const { file, sent } = choice;
    const sizeBytes = this.#table.sizeBytes(sent);
    if (sizeBytes > this.#smallBytesMax) return undefined;
    const stamp = this.#table.stamp(sent);
    const bytes = readSmallFile(this.#pathOf(sent), stamp);
    if (!bytes) return undefined;
    const packed = choice.isPacked && choice.coding ? packFile(choice.coding, bytes) : undefined;
    const content = packed ?? bytes;
    // What does not get smaller is held as it is, so that it is not tried again.
    const coded = choice.isPacked && !packed ? { coding: undefined, varies: true } : choice;
    const sentStamp = { ...stamp, sizeBytes: content.length };
    const of = representation(this.#table.path(file), sentStamp, digestOf(content), coded, this.#freshness);
    const held = new HeldFile(of, content);
    this.#held.set(this.#place(choice), held, content.length);
    return held;
  }

  /** One for each form of a file that is made here, and one for the file itself. */
  #place({ sent, coding, isPacked }: Choice): number {
    return isPacked && coding ? sent + this.#table.fileCount * (1 + packCodings.indexOf(coding)) : sent;
  }

  async #serveOpened(choice: Choice, request: Request): Promise<Response | undefined> {
    // A form that is made here is made of small files only; anything else is sent as it lies there.
    if (choice.isPacked) return this.#serveChanged(choice, request);
    const { file, sent } = choice;
    const open = await this.#services.openFile(this.#pathOf(sent));
    if (open && isSameFile(open.stamp, this.#table.stamp(sent))) {
      const digest = this.#table.digest(sent);
      const of = representation(this.#table.path(file), open.stamp, digest, choice, this.#freshness);
      return this.#count(fileReply(request, of, openedSource(open), Date.now()), "file");
    }
    open?.close();
    return this.#serveChanged(choice, request);
  }

  /**
   * The file, or its sibling, is another one than at the scan: what is there now is sent as it is, under a weak tag of its
   * own, until a reload takes it up.
   */
  async #serveChanged({ file, varies }: Choice, request: Request): Promise<Response | undefined> {
    const open = await this.#services.openFile(this.#pathOf(file));
    if (!open) return undefined;
    const path = this.#table.path(file);
    const of = representation(path, open.stamp, undefined, { coding: undefined, varies }, this.#freshness);
    return this.#count(fileReply(request, of, openedSource(open), Date.now()), "file");
  }

  #pathOf(file: number): string {
    return `${this.#root}/${this.#table.path(file)}`;
  }

  #count(reply: FileReply, from: "memory" | "file"): Response {
    return counted(reply, from, this.#services.counters);
  }
}
