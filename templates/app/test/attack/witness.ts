/**
 * The app under attack: it answers everything, and records every request that reached it and the body that it read.
 *
 * Each answer carries the serial number of its request, so that an answer given to the wrong request shows.
 */
import type { App } from "../../src/data/start-data-plane.ts";
import type { Context } from "../../src/http/context.ts";
import type { Feature } from "../../src/http/feature.ts";
import { constant, defineRoutes } from "../../src/http/route.ts";
import { runtime } from "../../src/wiring.ts";
import { pause } from "../fixture/until.ts";
import { BROKEN } from "./attack-case.ts";

interface Seen {
  readonly serial: number;
  readonly target: string;
  body: string;
}

/** Long enough for what is pipelined behind it to arrive meanwhile. */
const SLOW_MS = 60;

export class Witness {
  #seen: Seen[] = [];
  #serial = 0;

  /** Records since the last call, in the order in which handlers were called. */
  take(): readonly { readonly serial: number; readonly text: string }[] {
    const taken = this.#seen.map(({ serial, target, body }) => ({ serial, text: `${target} ${body}`.trim() }));
    this.#seen = [];
    return taken;
  }

  get app(): App {
    return {
      routes: defineRoutes({
        "* /*": (context) => this.#answer(context as unknown as Context),
        "GET /constant": constant("constant"),
      }),
      features: [sockets],
      runtime,
    };
  }

  #answer(context: Context): string | Promise<string> {
    const { request } = context;
    const target = targetOf(request.url);
    this.#serial += 1;
    // Which host a handler takes the request to be for is a part of what it is asked.
    const host = target === "/host" ? `@${new URL(request.url).hostname}` : "";
    const seen: Seen = { serial: this.#serial, target: `${request.method} ${target}${host}`, body: "" };
    this.#seen.push(seen);
    if (target === "/unread") return answerOf(seen);
    if (target === "/slow") return pause(SLOW_MS).then(() => answerOf(seen));
    // A request without a body is answered at once, as most handlers do.
    if (request.body === null) return answerOf(seen);
    return readInto(seen, context);
  }
}

/** The feature `websocket` may not be a part of this server; the adapter's side of it is. */
const sockets: Feature = {
  name: "sockets",
  install: () => ({
    sockets: [{ pattern: "/socket", handlers: { message: () => undefined }, admit: () => undefined }],
  }),
};

async function readInto(seen: Seen, context: Context): Promise<string> {
  seen.body = BROKEN;
  seen.body = await context.text();
  return answerOf(seen);
}

/** The serial number that an answer carries; undefined: it is not the witness's. */
export function serialOf(body: string): number | undefined {
  const digits = /^#(\d+)$/.exec(body)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

function answerOf({ serial }: Seen): string {
  return `#${serial}`;
}

/** Path and query as the runtime hands them out. */
function targetOf(url: string): string {
  return url.replace(/^[a-z]+:\/\/[^/?#]*/, "");
}
