/**
 * Finding entries, with the latest ones remembered per worker.
 *
 * Idea: what was copied out of the zone once is a string and a list of headers that can be sent again and again; so each
 * worker remembers some, and asks the zone only whether its slot still names that very entry, which is three atomic
 * loads instead of a hash, a copy and a parse. What is purged or replaced is so for all workers at once.
 * Bound: `REMEMBERED_MAX` entries of at most `REMEMBERED_BYTES_MAX` each, 4 MiB per worker; text beyond Latin-1 may take
 * twice its bytes.
 */
import { JsonText } from "../../http/json-text.ts";
import type { CacheZone } from "./cache-zone.ts";
import type { EntryTimes, Form } from "./entry.ts";
import { decodeHead, type ReplyHead } from "./stored-reply.ts";

export const REMEMBERED_MAX = 256;
export const REMEMBERED_BYTES_MAX = 16_384;

export interface Entry extends EntryTimes, ReplyHead {
  readonly form: Form;
  /** The body as a plain reply; its type is that of the kind, or among the headers. */
  readonly reply: string | JsonText | Uint8Array<ArrayBuffer>;
  readonly hasType: boolean;
  readonly etag: string | undefined;
  readonly lastModified: string | undefined;
  /** Header names, of an entry that says by what its key's replies vary. */
  readonly names: readonly string[];
  readonly shard: number;
  readonly slot: number;
  readonly chunk: number;
  readonly id: number;
}

export class CacheLookup {
  readonly #zone: CacheZone;
  readonly #remembered = new Map<string, Entry>();

  constructor(zone: CacheZone) {
    this.#zone = zone;
  }

  find(key: string): Entry | undefined {
    const known = this.#remembered.get(key);
    if (known !== undefined) {
      if (this.#zone.isCurrent(known)) return known;
      this.#remembered.delete(key);
    }
    const found = this.#zone.find(key);
    if (found === undefined) return undefined;
    const head = found.form === "vary" ? noHead : decodeHead(found.head);
    const type = headerOf(head, "content-type");
    const isJson = type === "application/json" && typeof found.body === "string";
    const entry: Entry = {
      ...found,
      ...head,
      // What the Responder gives a reply of this kind by itself need not be set again.
      headers: isJson || (type === TEXT && typeof found.body === "string") ? withoutType(head) : head.headers,
      reply: isJson ? new JsonText(found.body as string) : found.body,
      names: found.form === "vary" ? found.head.split(",") : [],
      shard: this.#zone.shardOf(found.chunk),
      hasType: type !== undefined,
      etag: headerOf(head, "etag"),
      lastModified: headerOf(head, "last-modified"),
    };
    if (found.head.length + found.body.length <= REMEMBERED_BYTES_MAX) this.#remember(key, entry);
    return entry;
  }

  /** The oldest goes first: `Map` keeps the order of insertion. */
  #remember(key: string, entry: Entry): void {
    if (this.#remembered.size >= REMEMBERED_MAX) {
      for (const oldest of this.#remembered.keys()) {
        this.#remembered.delete(oldest);
        break;
      }
    }
    this.#remembered.set(key, entry);
  }
}

const noHead: ReplyHead = { status: 0, headers: [], mustRevalidate: false };

const TEXT = "text/plain;charset=UTF-8";

function withoutType({ headers }: ReplyHead): ReplyHead["headers"] {
  return headers.filter(([name]) => name !== "content-type");
}

function headerOf({ headers }: ReplyHead, name: string): string | undefined {
  return headers.find(([each]) => each === name)?.[1];
}
