/**
 * Opens connections at a bounded pace and leaves them alone: what an idle connection costs is the question. WebSockets
 * answer the server's pings, as every client does. One that ends is not replaced: it is counted, under its reason.
 * What counts is a state: the connections that are open when the measured time is over, and all that went wrong until then.
 */
import type { Driver, Place } from "./driver.ts";
import { HttpVisit } from "./http-visit.ts";
import { localAddressOf } from "./local-addresses.ts";
import type { IdleOrder } from "./order.ts";
import { openPaced } from "./paced-opening.ts";
import { SocketConnection } from "./socket-connection.ts";
import { newHandshake } from "./socket-handshake.ts";
import type { FailureKind, Tally } from "./tally.ts";

/** One that is not open after this has failed. */
const OPEN_MS_MAX = 10_000;

interface Idler {
  fail(kind: FailureKind): void;
  stop(): Promise<void>;
}

export function idleDriver(order: IdleOrder, tally: Tally, { threads }: Place): Driver {
  const { target, path, protocol } = order;
  const route = { target, handshake: newHandshake(target, path), expected: undefined };
  const life = new AbortController();
  const idlers: Idler[] = [];
  const failures = new Map<FailureKind, number>();
  let open = 0;

  function begin(index: number): Promise<void> {
    return new Promise((resolve) => {
      let isOpen = false;
      const deadline = setTimeout(() => idler.fail("timeout"), OPEN_MS_MAX);
      const events = {
        opened() {
          clearTimeout(deadline);
          isOpen = true;
          open += 1;
          resolve();
        },
        messages: () => undefined,
        ended(failure: FailureKind | undefined) {
          clearTimeout(deadline);
          if (isOpen) open -= 1;
          const kind = failure ?? "closed";
          failures.set(kind, (failures.get(kind) ?? 0) + 1);
          resolve();
        },
      };
      const address = localAddressOf(index, threads);
      const idler: Idler =
        protocol === "websocket" ? new SocketConnection(route, events, address) : new HttpVisit(order, events, address);
      life.signal.addEventListener("abort", () => clearTimeout(deadline), { once: true });
      idlers.push(idler);
    });
  }

  return {
    start: () => openPaced(order.connections, { perS: order.openPerS, signal: life.signal }, begin),
    settle() {
      tally.done = open;
      for (const [kind, count] of failures) tally.failed(kind, count);
    },
    async stop() {
      life.abort();
      await Promise.all(idlers.map((idler) => idler.stop()));
    },
  };
}
