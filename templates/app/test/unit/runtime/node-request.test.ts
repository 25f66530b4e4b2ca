import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { IncomingBody, toRequest } from "../../../src/runtime/node-request.ts";
import { type Connection, connect, requestText } from "../../fixture/connection.ts";
import { until } from "../../fixture/until.ts";

interface Arrived {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly connection: Connection;
  end(): void;
}

/** A request as a node:http server gets it. */
async function arrived(...parts: readonly (string | Uint8Array)[]): Promise<Arrived> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const connection = await connect({ port: (server.address() as AddressInfo).port });
  connection.send(...parts);
  const [incoming, outgoing] = (await once(server, "request")) as [IncomingMessage, ServerResponse];
  return {
    incoming,
    outgoing,
    connection,
    end() {
      connection.destroy();
      server.close();
    },
  };
}

const posted = (bytes: number) => requestText("POST", "/", { "content-length": String(bytes) });

test("IncomingBody.stream() gives the bytes, and asks for them first where that is due", async () => {
  const { incoming, end } = await arrived(posted(6), "abcdef");
  let invited = 0;
  const body = new IncomingBody(incoming, () => {
    invited += 1;
  });
  const request = toRequest(incoming, "http", body);
  assert.equal(invited, 0);
  assert.equal(await request.text(), "abcdef");
  assert.equal(invited, 1);
  assert.ok(body.isComplete && !body.isRead);
  end();
});

test("IncomingBody.leave() ends whoever reads still, and lets a small rest go by", async () => {
  const { incoming, connection, end } = await arrived(posted(6), "abc");
  const body = new IncomingBody(incoming, undefined);
  const reading = toRequest(incoming, "http", body).text();
  await until("it is being read", () => body.isRead);
  assert.equal(body.leave(), true);
  await assert.rejects(reading);
  assert.equal(body.isRead, false);
  connection.send("def");
  await body.discarded();
  assert.ok(body.isComplete);
  end();
});

for (const [criterion, bytes, invite, goesOn] of [
  ["goes on where there is no body", 0, undefined, true],
  ["goes on after 256 KiB", 262_144, undefined, true],
  ["does not go on after more", 262_145, undefined, false],
  ["does not go on where the client waits to be asked", 1, () => undefined, false],
] as const) {
  test(`IncomingBody.leave() says that the connection ${criterion}`, async () => {
    const { incoming, end } = await arrived(posted(bytes));
    assert.equal(new IncomingBody(incoming, invite).leave(), goesOn);
    end();
  });
}

test("IncomingBody.stream() fails when the client leaves", async () => {
  const { incoming, connection, end } = await arrived(posted(6), "abc");
  const body = new IncomingBody(incoming, undefined);
  const reading = toRequest(incoming, "http", body).text();
  await until("it is being read", () => body.isRead);
  connection.destroy();
  await assert.rejects(reading);
  end();
});

for (const host of ["", "a/b", "a b", "a?b", "a#b", "a@b", "a\\b"]) {
  test(`toRequest() refuses the host ${JSON.stringify(host)}`, () => {
    const incoming = {
      method: "GET",
      url: "/x",
      httpVersion: "1.1",
      headers: { host },
      headersDistinct: { host: [host] },
    };
    assert.throws(() => toRequest(incoming as unknown as IncomingMessage, "http", undefined), TypeError);
  });
}
