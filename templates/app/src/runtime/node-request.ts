/**
 * A node:http request as a standard one, and what becomes of its body.
 *
 * Idea: a body moves only when somebody reads it, and one that nobody reads must neither be mistaken for the next
 * request nor be received without bound. So each body knows how far it was read, and the answer asks it what becomes of
 * the connection.
 */
import type { IncomingMessage } from "node:http";
import { isHost } from "../http/host.ts";

/**
 * What is read and thrown away of a body that the handler left, so that its connection can go on: what Go's net/http
 * allows (maxPostHandlerReadBytes).
 */
const LEFT_BYTES_MAX = 256 * 1024;
/** How long that may take: the request's own time limit ends with the answer on node:http. nginx's lingering_timeout. */
const LEFT_MS_MAX = 5000;

export class IncomingBody {
  readonly #incoming: IncomingMessage;
  /** undefined once it is sent: when the body is first read, as the handler decides. */
  #invite: (() => void) | undefined;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #isOver = false;
  #goesOn: boolean | undefined;

  /** @param invite sends "100 Continue"; undefined where the client does not wait for it */
  constructor(incoming: IncomingMessage, invite: (() => void) | undefined) {
    this.#incoming = incoming;
    this.#invite = invite;
  }

  /** All of the request has come, or it has no body. */
  get isComplete(): boolean {
    return this.#incoming.complete || !hasBody(this.#incoming);
  }

  /** Somebody reads it still. */
  get isRead(): boolean {
    return this.#controller !== undefined && !this.#isOver;
  }

  stream(): ReadableStream<Uint8Array> {
    return new ReadableStream<Uint8Array>(
      {
        pull: (controller) => {
          if (!this.#controller) this.#begin(controller);
          this.#incoming.resume();
        },
        cancel: () => {
          this.#isOver = true;
          this.#incoming.pause();
        },
      },
      // Nothing is received before somebody asks for it.
      { highWaterMark: 0 },
    );
  }

  #begin(controller: ReadableStreamDefaultController<Uint8Array>): void {
    const incoming = this.#incoming;
    this.#controller = controller;
    this.#invite?.();
    this.#invite = undefined;
    const fail = () => this.#fail("the connection ended before the body did");
    incoming.on("data", (chunk: Uint8Array) => {
      if (this.#isOver) return;
      // A copy: the chunk may be a part of a buffer that is used again.
      controller.enqueue(new Uint8Array(chunk));
      incoming.pause();
    });
    incoming.once("end", () => {
      if (this.#isOver) return;
      this.#isOver = true;
      controller.close();
    });
    incoming.once("error", fail);
    incoming.once("close", fail);
  }

  #fail(reason: string): void {
    if (!this.#isOver) this.#controller?.error(new Error(reason));
    this.#isOver = true;
  }

  /**
   * Called before the answer's head, when nobody will read on: whether the connection can go on after the answer. What is
   * left of a body that allows it is thrown away as it comes.
   */
  leave(): boolean {
    this.#goesOn ??= this.isComplete || this.#throwAway();
    this.#fail("the request was answered before its body was read");
    return this.#goesOn;
  }

  #throwAway(): boolean {
    // A client that still waits for "100 Continue" may send the body or not: what comes next cannot be told.
    if (this.#invite) return false;
    const declared = this.#incoming.headers["content-length"];
    if (declared !== undefined && Number(declared) > LEFT_BYTES_MAX) return false;
    let bytes = 0;
    const late = setTimeout(() => this.#incoming.socket.destroy(), LEFT_MS_MAX);
    const inTime = () => clearTimeout(late);
    this.#incoming.once("end", inTime).once("close", inTime);
    this.#incoming.on("data", (chunk: Uint8Array) => {
      bytes += chunk.byteLength;
      if (bytes > LEFT_BYTES_MAX) this.#incoming.socket.destroy();
    });
    this.#incoming.resume();
    return true;
  }

  /** Resolves when the client has sent all or is gone; until then what it sends is thrown away. */
  async discarded(): Promise<void> {
    if (this.isComplete) return;
    await new Promise<void>((resolve) => {
      this.#incoming
        .once("end", resolve)
        .once("close", resolve)
        .once("error", () => resolve());
      this.#incoming.resume();
    });
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

/** Throws TypeError when host, path or method cannot stand in a standard request. */
export function toRequest(incoming: IncomingMessage, scheme: string, body: IncomingBody | undefined): Request {
  const headers = new Headers();
  // The pairs as they came: an object by names cannot hold "__proto__".
  const { rawHeaders } = incoming;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    headers.append(rawHeaders[at] as string, rawHeaders[at + 1] as string);
  }
  const method = incoming.method ?? "GET";
  const bodiless = method === "GET" || method === "HEAD" || body === undefined;
  const init = { method, headers, body: bodiless ? null : (body.stream() as ReadableStream<Uint8Array<ArrayBuffer>>) };
  return new Request(urlOf(incoming, scheme), init);
}

function urlOf(incoming: IncomingMessage, scheme: string): string {
  const target = incoming.url ?? "/";
  // The absolute form; what is neither, such as "*", is no URL and is refused by the Request.
  if (!target.startsWith("/")) return target;
  const host = incoming.headers.host ?? (incoming.httpVersion === "1.0" ? "localhost" : "");
  if (!isHost(host)) throw new TypeError("the host is malformed");
  return `${scheme}://${host}${target}`;
}
