/** In which coding a file of the table is sent: as it is, from a sibling, or compressed when it is held in memory. */
import { type ContentCoding, preferredEncoding } from "../../http/accept-encoding.ts";
import { HttpError } from "../../http/http-error.ts";
import { isCompressible } from "./compressible.ts";
import type { FileTable } from "./file-table.ts";
import { packCodings } from "./pack-file.ts";
import { type SiblingKind, siblingKinds } from "./siblings.ts";

export interface Choice {
  readonly file: number;
  /** The file whose bytes are sent: itself, or a sibling. */
  readonly sent: number;
  readonly coding: ContentCoding | undefined;
  /** Whether the coding is made here, of the bytes of `sent`. */
  readonly isPacked: boolean;
  readonly varies: boolean;
}

const UNKNOWN = 0;
const NO = 1;
const YES = 2;

export class FileCodings {
  readonly #table: FileTable;
  readonly #smallBytesMax: number;
  /** Whether a file is compressed when it is held, once that is known: a path is not looked at for every request. */
  readonly #isPackable: Uint8Array;

  constructor(table: FileTable, smallBytesMax: number) {
    this.#table = table;
    this.#smallBytesMax = smallBytesMax;
    this.#isPackable = new Uint8Array(table.fileCount);
  }

  /** @throws HttpError 406 when the client accepts neither the file as it is nor what it is there in */
  choose(file: number, request: Request): Choice {
    const available = this.#siblings(file);
    const isPacked = available === undefined && this.#packable(file);
    // Most files are pictures and fonts: for these the field is not even looked at.
    if (!available && !isPacked) return { file, sent: file, coding: undefined, isPacked: false, varies: false };
    const coding = preferredEncoding(request.headers.get("accept-encoding"), available ?? packCodings);
    if (coding === undefined) throw notAcceptable();
    if (coding === "identity") return { file, sent: file, coding: undefined, isPacked: false, varies: true };
    if (isPacked) return { file, sent: file, coding, isPacked, varies: true };
    const sent = this.#table.sibling(
      file,
      siblingKinds.findIndex((kind) => kind.coding === coding),
    );
    return { file, sent, coding, isPacked: false, varies: true };
  }

  #siblings(file: number): readonly ContentCoding[] | undefined {
    let codings: ContentCoding[] | undefined;
    for (let index = 0; index < siblingKinds.length; index += 1) {
      if (this.#table.sibling(file, index) < 0) continue;
      codings ??= [];
      codings.push((siblingKinds[index] as SiblingKind).coding);
    }
    return codings;
  }

  #packable(file: number): boolean {
    if (this.#isPackable[file] === UNKNOWN) {
      const sizeBytes = this.#table.sizeBytes(file);
      const is = sizeBytes <= this.#smallBytesMax && isCompressible(this.#table.path(file), sizeBytes);
      this.#isPackable[file] = is ? YES : NO;
    }
    return this.#isPackable[file] === YES;
  }
}

export function notAcceptable(): HttpError {
  return new HttpError(406, "NOT_ACCEPTABLE", "The file is not there in a coding that the request accepts.", {
    vary: "accept-encoding",
  });
}
