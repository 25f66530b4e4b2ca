import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import process from "node:process";
import { after, describe, it } from "node:test";
import { without } from "../fixture/capability.ts";
import { exchange } from "../fixture/connection.ts";
import { type Plane, startPlane } from "../fixture/plane.ts";
import { until } from "../fixture/until.ts";
import { post } from "./bytes.ts";

/** Few enough for every machine; a server without protection keeps them all. */
const SOCKETS = 20;
const DRIP_MS = 200;
/** Bun's time for a head is about 12 s and fixed; node:http is told one second and looks every half. */
const PATIENCE_MS = 40_000;
const TIMEOUT_MS = 60_000;

/** What times cut takes up to half a minute on Bun, whose own times are fixed. */
const tooSlow = process.env.FASTSERVE_SLOW_TESTS
  ? false
  : "it waits for timeouts to act: set FASTSERVE_SLOW_TESTS=1 to run it";

/** Sockets that say something now and then, and never enough. */
class Dripping {
  readonly #sockets: readonly Socket[];
  readonly #timer: ReturnType<typeof setInterval>;
  open = SOCKETS;

  constructor(port: number, first: string, drop: string) {
    this.#sockets = Array.from({ length: SOCKETS }, () => {
      const socket = connect({ host: "127.0.0.1", port });
      socket.on("error", () => undefined);
      socket.on("close", () => {
        this.open -= 1;
      });
      // Read, or the end would never be seen.
      socket.resume();
      socket.write(first);
      return socket;
    });
    this.#timer = setInterval(() => {
      for (const socket of this.#sockets) if (!socket.destroyed) socket.write(drop);
    }, DRIP_MS);
  }

  end(): void {
    clearInterval(this.#timer);
    for (const socket of this.#sockets) socket.destroy();
  }
}

describe("slow clients", () => {
  const cleanups: (() => unknown)[] = [];
  after(async () => {
    for (const cleanup of cleanups) await cleanup();
  });

  async function attacked(first: string, drop: string): Promise<{ plane: Plane; dripping: Dripping }> {
    const limits = { "timeouts.head_ms": 1000, "timeouts.request_ms": 3000, "timeouts.idle_ms": 2000 } as const;
    const plane = await startPlane(limits);
    const dripping = new Dripping(plane.port, first, drop);
    cleanups.push(
      () => dripping.end(),
      () => plane.drain(200),
    );
    return { plane, dripping };
  }

  async function outlive(what: string, { plane, dripping }: { plane: Plane; dripping: Dripping }): Promise<void> {
    await until(
      `all ${what} are cut, while others are served`,
      async () => {
        assert.equal((await exchange(plane, "GET", "/exact")).status, 200);
        return dripping.open === 0;
      },
      PATIENCE_MS,
    );
  }

  it("that drip a head are cut, and others are served meanwhile", {
    skip: without("headTimeout") || tooSlow,
    timeout: TIMEOUT_MS,
  }, async () => {
    await outlive("slow heads", await attacked("GET /exact HTTP/1.1\r\nhost: localhost\r\n", "x-a: b\r\n"));
  });

  it("that drip a body are cut, and others are served meanwhile", {
    skip: without("requestTimeout") || tooSlow,
    timeout: TIMEOUT_MS,
  }, async () => {
    await outlive("slow bodies", await attacked(post("/echo", "Content-Length: 100000"), "x"));
  });

  it("that say nothing are cut, and others are served meanwhile", {
    skip: without("idleTimeout") || tooSlow,
    timeout: TIMEOUT_MS,
  }, async () => {
    await outlive("silent connections", await attacked("", ""));
  });

  it("do not keep others from being served, whether or not they are cut", { timeout: TIMEOUT_MS }, async () => {
    const { plane } = await attacked("GET /exact HTTP/1.1\r\nhost: localhost\r\n", "x-a: b\r\n");
    for (let request = 0; request < 20; request += 1) {
      assert.equal((await exchange(plane, "GET", "/exact")).status, 200);
    }
  });
});
