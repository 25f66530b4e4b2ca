import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { cachedApp, cachedSettings } from "../fixture/cached-app.ts";
import { type Connection, connect, exchange, requestText } from "../fixture/connection.ts";
import { startFixtureThreads, type Threads } from "../fixture/threads.ts";
import { until } from "../fixture/until.ts";

let threads: Threads;

before(async () => {
  const module = new URL("../fixture/cached-worker.ts", import.meta.url);
  threads = await startFixtureThreads(2, cachedSettings, cachedApp, module);
});
after(() => threads.drain());

interface Reply {
  readonly thread: string;
}

async function ask(
  connection: Connection,
  path: string,
): Promise<{ readonly age: string | undefined; readonly text: string }> {
  connection.send(requestText("GET", path));
  const { headers, text } = await connection.response();
  return { age: headers.get("age"), text };
}

/** A connection to each of the two workers: the kernel decides which listener gets one, so some are thrown away. */
async function connectionsToBoth(): Promise<readonly [Connection, Connection]> {
  const found = new Map<string, Connection>();
  return until("there is a connection to each worker", async () => {
    const connection = await connect(threads);
    const { thread } = JSON.parse((await ask(connection, "/thread-of")).text) as Reply;
    if (found.has(thread)) connection.destroy();
    else found.set(thread, connection);
    const [first, second] = [...found.values()];
    return first && second ? ([first, second] as const) : undefined;
  });
}

test("An entry that one worker stored is a hit in the other, and one worker's purge empties both", async () => {
  const [first, second] = await connectionsToBoth();
  const miss = await ask(first, "/thread");
  const hit = await ask(second, "/thread");
  assert.deepEqual([miss.age, hit.age, hit.text], [undefined, "0", miss.text]);
  // Both remember the entry now, and neither may serve it any more.
  assert.equal((await ask(first, "/thread")).age, "0");
  await ask(second, "/purge?path=/thread");
  const again = await ask(first, "/thread");
  assert.deepEqual([again.age, again.text], [undefined, miss.text]);
  await ask(first, "/purge?path=/thread");
  assert.notEqual((await ask(second, "/thread")).text, miss.text);
  first.destroy();
  second.destroy();
});

test("A miss that another worker is filling waits for it", async () => {
  const [first, second] = await connectionsToBoth();
  const replies = await Promise.all([ask(first, "/slow"), ask(second, "/slow")]);
  assert.equal(replies[0]?.text, replies[1]?.text);
  assert.deepEqual(replies.map(({ age }) => age ?? "ran").sort(), ["0", "ran"]);
  first.destroy();
  second.destroy();
});

test("A worker's death leaves the entries to its successor", async () => {
  const { text } = await exchange(threads, "GET", "/thread");
  const before = threads.log.length;
  await exchange(threads, "GET", "/die");
  await until("the worker was replaced", () => threads.log.slice(before).some((line) => line.includes("again")));
  const [first, second] = await connectionsToBoth();
  assert.deepEqual([(await ask(first, "/thread")).text, (await ask(second, "/thread")).text], [text, text]);
  first.destroy();
  second.destroy();
});

test("Replacing all workers leaves the entries to their successors", async () => {
  const { text } = await exchange(threads, "GET", "/thread");
  const replaced = threads.planes.rolls.asked;
  assert.equal(threads.planes.rollAll(), undefined);
  await until("both are replaced", () => threads.planes.rolls.asked === replaced + 2);
  const [first, second] = await connectionsToBoth();
  assert.deepEqual([(await ask(first, "/thread")).text, (await ask(second, "/thread")).text], [text, text]);
  // The control plane still has its own place in the zone, whatever rows came free.
  await ask(first, "/purge?path=/thread");
  assert.notEqual((await ask(second, "/thread")).text, text);
  first.destroy();
  second.destroy();
});
