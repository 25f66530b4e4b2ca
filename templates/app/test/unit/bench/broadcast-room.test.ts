import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { countOf } from "../../../bench/load/latency-histogram.ts";
import { opcode, serverFrame } from "../../../bench/load/socket-frames.ts";
import { type FailureKind, noFailures } from "../../../bench/load/tally.ts";
import { until } from "../../fixture/until.ts";
import { type Peer, type Script, withSocketServer } from "./scripted-socket-server.ts";
import { echo, orderFor, withDriver } from "./socket-load.ts";

/** What a room does: all get what one sends. */
function broadcastTo(members: Iterable<Peer>, payload: Buffer): void {
  for (const { socket } of members) socket.write(serverFrame(opcode.text, payload));
}

test("socketDriver() of broadcasts counts deliveries, and latency until the last one", async () => {
  let sent = 0;
  const senders = new Set<number>();
  const script: Script = {
    frame(peer, code, payload) {
      if (code === opcode.ping) return echo(peer, code, payload);
      sent += 1;
      senders.add(peer.number);
      const [last, ...others] = [...peer.all].reverse();
      broadcastTo(others, payload);
      setTimeout(() => broadcastTo(last ? [last] : [], payload), 3);
    },
  };
  await withSocketServer(script, (target) =>
    withDriver(orderFor(target, { pattern: "broadcast", clients: 4, window: 2 }), async (tally) => {
      await until("80 deliveries were made", () => tally.done >= 80);
      const broadcasts = countOf(tally.latency);
      assert.equal(senders.size, 1);
      // At most the window's are sent and not yet with all.
      assert.ok(sent >= broadcasts && sent - broadcasts <= 2, `${sent} sent, ${broadcasts} complete`);
      assert.ok(tally.done >= broadcasts * 4 && tally.done < (broadcasts + 3) * 4, `${tally.done} of ${broadcasts}`);
      assert.ok(tally.latencyUs(0) >= 2000, `${tally.latencyUs(0)} us`);
      assert.deepEqual(tally.failures, noFailures());
    }),
  );
});

test("socketDriver() sends no broadcast before all have joined", async () => {
  let pinged = 0;
  let joinedAtFirst = 0;
  const script: Script = {
    frame(peer, code, payload) {
      if (code === opcode.ping) {
        // The handlers of a real server may learn of a client later than the client of the handshake.
        setTimeout(() => {
          pinged += 1;
          echo(peer, code, payload);
        }, peer.number * 5);
        return;
      }
      joinedAtFirst ||= pinged;
      broadcastTo(peer.all, payload);
    },
  };
  await withSocketServer(script, (target) =>
    withDriver(orderFor(target, { pattern: "broadcast", clients: 6 }), async (tally) => {
      await until("broadcasts arrive", () => tally.done >= 12);
      assert.equal(joinedAtFirst, 6);
    }),
  );
});

const broken: readonly (readonly [name: string, kind: FailureKind, breaks: (peer: Peer, payload: Buffer) => void])[] = [
  ["a lost client", "closed", ({ all }) => [...all][1]?.socket.destroy()],
  ["a delivery too many", "malformed", ({ all }, payload) => broadcastTo([...all, ...all], payload)],
  ["another message", "content", ({ all }) => broadcastTo(all, Buffer.from("jello"))],
];

for (const [name, kind, breaks] of broken) {
  test(`socketDriver() counts ${name} of a room as "${kind}", and opens the room anew`, async () => {
    let count = 0;
    const script: Script = {
      frame(peer, code, payload) {
        if (code === opcode.ping) return echo(peer, code, payload);
        count += 1;
        if (count === 3) breaks(peer, payload);
        else broadcastTo(peer.all, payload);
      },
    };
    await withSocketServer(script, (target) =>
      withDriver(orderFor(target, { pattern: "broadcast", clients: 3 }), async (tally) => {
        await until("broadcasts arrive again", () => tally.done >= 30);
        assert.deepEqual(tally.failures, { ...noFailures(), [kind]: 1 });
      }),
    );
  });
}
