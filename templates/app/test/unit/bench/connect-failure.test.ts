import assert from "node:assert/strict";
import { test } from "node:test";
import { churnRefusal } from "../../../bench/cases/churn-bound.ts";
import { connectFailure } from "../../../bench/load/connect-failure.ts";
import { SocketConnection } from "../../../bench/load/socket-connection.ts";
import { newHandshake } from "../../../bench/load/socket-handshake.ts";
import { runtimeOf } from "../../../src/runtime/capabilities.ts";
import { adapter } from "../../fixture/capability.ts";
import { withScript } from "../../fixture/scripted-server.ts";

const codes: readonly (readonly [code: string | undefined, kind: string])[] = [
  ["EADDRNOTAVAIL", "port"],
  ["EADDRINUSE", "port"],
  ["ECONNREFUSED", "connect"],
  ["ECONNRESET", "connect"],
  [undefined, "connect"],
];

for (const [code, kind] of codes) {
  test(`connectFailure() of ${code ?? "an error without a code"} is "${kind}"`, () => {
    assert.equal(connectFailure(Object.assign(new Error("no connection"), { code })), kind);
  });
}

test("connectFailure() without an error is the server's", () => {
  assert.equal(connectFailure(undefined), "connect");
});

// Deno tells EINVAL when it cannot bind.
const skip = runtimeOf(adapter) === "deno" ? "Deno has another error for an address that is not this machine's" : false;

test('SocketConnection ends with "port" where its own address is the problem', { skip }, async () => {
  await withScript(
    () => undefined,
    async (target) => {
      const route = { target, handshake: newHandshake(target, "/"), expected: undefined };
      const failure = await new Promise((resolve) => {
        // RFC 5737: no machine has this address.
        new SocketConnection(
          route,
          { opened: () => undefined, messages: () => undefined, ended: resolve },
          "192.0.2.1",
        );
      });
      assert.equal(failure, "port");
    },
  );
});

test("churnRefusal() lets Linux make new connections without an end, and no other system", () => {
  assert.equal(churnRefusal("http/churn", "linux"), undefined);
  for (const platform of ["darwin", "win32"]) {
    assert.match(
      churnRefusal("ws/connect", platform) ?? "",
      new RegExp(`^ws/connect was not run: ${platform} has 16,384 ports`),
    );
  }
});
