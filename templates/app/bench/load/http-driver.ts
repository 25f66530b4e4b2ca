/** HTTP requests: closed loop or open loop, as the order says. */
import type { Driver, Place } from "./driver.ts";
import { HttpPool } from "./http-pool.ts";
import { OpenLoop } from "./open-loop.ts";
import type { HttpOrder } from "./order.ts";
import type { Tally } from "./tally.ts";

export function httpDriver(share: HttpOrder, tally: Tally, place: Place): Driver {
  const { model } = share;
  return model.kind === "closed"
    ? closedDriver(share, tally, model.pipeline)
    : openDriver(share, tally, model.ratePerS, place);
}

/**
 * Each connection asks again as soon as it has its answers. Where connections are used up on purpose, a new one's first
 * request counts from the moment that the connection was asked for, since that is what its user waits for.
 */
function closedDriver(share: HttpOrder, tally: Tally, pipeline: number): Driver {
  const churns = share.requestsPerConnection > 0;
  const pool = new HttpPool(share, tally, pipeline, (connection, sinceMs, nowMs) =>
    connection.send(churns ? sinceMs : nowMs, nowMs),
  );
  return { start: () => pool.open(), stop: () => pool.close() };
}

function openDriver(share: HttpOrder, tally: Tally, ratePerS: number, { thread, threads, spins }: Place): Driver {
  const loop = new OpenLoop(tally, { ratePerS, phase: thread / threads, spins });
  const pool = new HttpPool(share, tally, 1, (connection, _sinceMs, nowMs) => loop.free(connection, nowMs));
  return {
    async start() {
      await pool.open();
      loop.start();
    },
    settle: () => loop.settle(pool.connections),
    stop() {
      loop.stop();
      return pool.close();
    },
  };
}
