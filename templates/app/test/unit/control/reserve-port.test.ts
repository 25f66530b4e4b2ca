import assert from "node:assert/strict";
import { createServer } from "node:net";
import { describe, it } from "node:test";
import { reservePort } from "../../../src/control/reserve-port.ts";

/** The error's code; undefined: it could be bound, and is free again. */
function bind(
  port: number,
  how: { readonly reusePort?: boolean; readonly exclusive?: boolean },
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code));
    server.listen({ host: "127.0.0.1", port, ...how }, () => server.close(() => resolve(undefined)));
  });
}

const place = { section: "server", host: "127.0.0.1", port: 0 } as const;

describe("reservePort()", () => {
  it("holds a port that the kernel chose until it is released, but not against those that share it", async () => {
    const { port, release } = await reservePort(place);
    assert.equal(await bind(port, { exclusive: true }), "EADDRINUSE");
    assert.equal(await bind(port, { reusePort: true }), undefined);
    await release();
    assert.equal(await bind(port, { exclusive: true }), undefined);
  });

  it("does not hold a given port, and says who has it when it is taken", async () => {
    const held = await reservePort(place);
    const taken = reservePort({ ...place, port: held.port });
    await assert.rejects(taken, {
      message: `127.0.0.1:${held.port} is taken by another process; set server.port to a free port`,
    });
    await held.release();
    const { port } = await reservePort({ ...place, port: held.port });
    assert.equal(port, held.port);
    assert.equal(await bind(port, { exclusive: true }), undefined);
  });
});
