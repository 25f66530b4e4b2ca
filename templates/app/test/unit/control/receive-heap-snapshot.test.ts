import assert from "node:assert/strict";
import { test } from "node:test";
import { receiveHeapSnapshot } from "../../../src/control/receive-heap-snapshot.ts";
import { type SnapshotAnswer, sendHeapSnapshot } from "../../../src/data/send-heap-snapshot.ts";
import type { ThreadPort } from "../../../src/runtime/port.ts";
import { until, within } from "../../fixture/until.ts";

const patient = { pieceMs: 20_000, clientMs: 20_000 };

function channel(): { readonly near: ThreadPort; readonly far: ThreadPort } {
  const { port1, port2 } = new MessageChannel();
  return { near: port1 as unknown as ThreadPort, far: port2 as unknown as ThreadPort };
}

/** A sender that the test writes: it answers each "more" with the next of these, and then no more. */
function sends(far: ThreadPort, answers: readonly SnapshotAnswer[]): { readonly heard: unknown[] } {
  const heard: unknown[] = [];
  const left = [...answers];
  far.onmessage = ({ data }) => {
    heard.push(data);
    const answer = data === "more" ? left.shift() : undefined;
    if (answer) far.postMessage(answer, []);
    if (data === "stop") far.close();
  };
  return { heard };
}

const piece = (text: string): SnapshotAnswer => ({ type: "piece", bytes: new TextEncoder().encode(text) });
const forever = () => true;

function counting(): { readonly done: () => void; readonly count: () => number } {
  let count = 0;
  return {
    done: () => {
      count += 1;
    },
    count: () => count,
  };
}

test("receiveHeapSnapshot() is the whole heap of the sender's thread", async () => {
  const { near, far } = channel();
  const { done, count } = counting();
  let stops = 0;
  sendHeapSnapshot(far, () => {
    stops += 1;
  });
  const stream = await receiveHeapSnapshot({ port: near, isAlive: forever }, patient, done);
  const { snapshot, nodes } = (await new Response(stream).json()) as {
    readonly snapshot: { readonly meta: { readonly node_fields: readonly string[] }; readonly node_count: number };
    readonly nodes: readonly number[];
  };
  assert.equal(nodes.length, snapshot.node_count * snapshot.meta.node_fields.length);
  assert.deepEqual([stops, count()], [1, 1]);
});

test("receiveHeapSnapshot() asks for one piece at a time, and only when the client reads", async () => {
  const { near, far } = channel();
  const { heard } = sends(far, [piece("a"), piece("b"), piece("c"), { type: "end" }]);
  const stream = await receiveHeapSnapshot({ port: near, isAlive: forever }, patient, () => undefined);
  const reader = stream.getReader();
  const { value } = await reader.read();
  assert.deepEqual([new TextDecoder().decode(value), heard.length], ["a", 1]);
  await reader.read();
  assert.equal(heard.length, 2);
  await reader.cancel();
  await until("the sender hears that nobody wants more", () => heard.at(-1) === "stop");
});

test("receiveHeapSnapshot() rejects when no snapshot can be taken", async () => {
  const { near, far } = channel();
  const { done, count } = counting();
  sends(far, [{ type: "failed", message: "no memory" }]);
  await assert.rejects(receiveHeapSnapshot({ port: near, isAlive: forever }, patient, done), /^Error: no memory$/);
  assert.equal(count(), 1);
});

test("receiveHeapSnapshot() rejects when the thread dies before the first piece", async () => {
  const { near, far } = channel();
  const { done, count } = counting();
  sends(far, []);
  const taken = receiveHeapSnapshot({ port: near, isAlive: () => false }, patient, done);
  await assert.rejects(within("the rejection", taken), /the thread ended while its snapshot was taken/);
  assert.equal(count(), 1);
});

const broken = [
  ["the thread dies", [piece("half")], false, patient, /the thread ended while its snapshot was taken/],
  ["the sender fails", [piece("half"), { type: "failed", message: "no memory" }], true, patient, /no memory/],
  ["the sender falls silent", [piece("half")], true, { ...patient, pieceMs: 300 }, /does not send its snapshot/],
] as const;

for (const [name, answers, staysAlive, times, reason] of broken) {
  test(`receiveHeapSnapshot() breaks the stream when ${name}: half a snapshot never looks whole`, async () => {
    const { near, far } = channel();
    const { done, count } = counting();
    let isAlive = true;
    sends(far, answers);
    const stream = await receiveHeapSnapshot({ port: near, isAlive: () => isAlive }, times, done);
    const reader = stream.getReader();
    await reader.read();
    isAlive = staysAlive;
    await assert.rejects(within("the break", reader.read()), reason);
    assert.equal(count(), 1);
  });
}

test("receiveHeapSnapshot() forgets a client that does not read", async () => {
  const { near, far } = channel();
  const { done, count } = counting();
  const { heard } = sends(far, [piece("a"), piece("b")]);
  const stream = await receiveHeapSnapshot({ port: near, isAlive: forever }, { ...patient, clientMs: 300 }, done);
  await until("it is done", () => count() === 1);
  await until("the sender hears of it", () => heard.at(-1) === "stop");
  await assert.rejects(stream.getReader().read(), /the client does not read the snapshot/);
});
