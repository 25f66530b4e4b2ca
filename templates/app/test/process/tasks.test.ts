import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { exchange } from "../fixture/connection.ts";
import { tasksApp } from "../fixture/tasks-app.ts";
import { startFixtureThreads, type Threads } from "../fixture/threads.ts";
import { until } from "../fixture/until.ts";

const module = new URL("../fixture/tasks-worker.ts", import.meta.url);

describe("tasks of real worker threads", () => {
  let threads: Threads;
  before(async () => {
    threads = await startFixtureThreads(
      2,
      { "tasks.threads": 1, "tasks.queue_max": 64, "workers.restart_ms_min": 1 },
      tasksApp,
      module,
    );
  });
  after(() => threads.drain());

  const get = (path: string) => exchange(threads, "GET", path);
  /** A sample of the metrics page. */
  const sample = (name: string) => {
    const line = threads.controls
      .metrics()
      .split("\n")
      .find((text) => text.startsWith(`${name} `));
    return Number(line?.slice(name.length));
  };
  /** Every worker, by what it says of itself. */
  async function workers(count: number): Promise<ReadonlySet<string>> {
    const seen = new Set<string>();
    await until(`${count} workers answer`, async () => {
      seen.add((await get("/worker")).text);
      return seen.size >= count;
    });
    return seen;
  }

  it("share one pool", async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, (_, index) => get(`/double/${index}`)));
    assert.deepEqual(
      answers.map(({ text }) => text),
      Array.from({ length: 40 }, (_, index) => String(index * 2)),
    );
    assert.equal(threads.controls.metrics().match(/result="done"} (\d+)/)?.[1], "40");
  });

  it("hand buffers over to the thread and back", async () => {
    assert.equal((await get("/transfer")).text, '{"there":1000,"left":0,"back":2000}');
  });

  it("leave every worker free to answer while one computes", async () => {
    const burning = get("/burn/1000");
    await until("the task runs", () => sample("fastserve_tasks_running") === 1);
    await workers(2);
    let answered = 0;
    while (sample("fastserve_tasks_running") === 1 && answered < 20) {
      assert.equal((await get("/now")).text, "now");
      answered += 1;
    }
    assert.ok(answered >= 10, `${answered} requests were answered beside the task`);
    assert.equal((await burning).text, "true");
  });

  it("are forgotten with their worker, whose successor has a port of its own", async () => {
    const before = await workers(2);
    // Enough of them that each worker has some.
    const burning = Array.from({ length: 12 }, () => get("/burn/100").catch(() => undefined));
    await until("all tasks are there", () => sample("fastserve_tasks_queued") === 11);
    assert.equal((await exchange(threads, "POST", "/crash")).status, 200);
    await until("tasks are forgotten", () => sample('fastserve_tasks_total{result="cancelled"}') > 0);
    await Promise.all(burning);
    await until("a new worker answers", async () => {
      const response = await get("/worker").catch(() => undefined);
      return response !== undefined && !before.has(response.text);
    });
    const seen = new Set<string>();
    await until("both workers had a task done", async () => {
      seen.add((await get("/worker")).text);
      assert.equal((await get("/double/4")).text, "8");
      return seen.size >= 2;
    });
  });
});
