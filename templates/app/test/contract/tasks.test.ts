import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { has, without } from "../fixture/capability.ts";
import { connect, exchange, requestText } from "../fixture/connection.ts";
import { type Plane, startPlane } from "../fixture/plane.ts";
import { tasksApp } from "../fixture/tasks-app.ts";
import { until } from "../fixture/until.ts";

function start(overrides: Parameters<typeof startPlane>[0] = {}): Promise<Plane> {
  return startPlane({ "tasks.threads": 1, "tasks.queue_max": 1, "workers.restart_ms_min": 1, ...overrides }, tasksApp);
}

const codeOf = (text: string) => (JSON.parse(text) as { code: string }).code;
/** A sample of the metrics page. */
const sample = (plane: Plane, name: string) =>
  Number(
    plane.controls
      .metrics()
      .split("\n")
      .find((line) => line.startsWith(`${name} `))
      ?.slice(name.length),
  );

describe("tasks", () => {
  let plane: Plane;
  before(async () => {
    plane = await start({ "tasks.queue_max": 100 });
  });
  after(() => plane.drain());

  const rows: readonly (readonly [criterion: string, path: string, status: number, body: string])[] = [
    ["hands out a result", "/double/21", 200, "42"],
    ["copies what structured clone can", "/echo", 200, '{"same":true}'],
    ["waits for an asynchronous task", "/later", 200, "a task later"],
    ["runs a task without an input", "/optional", 200, "7"],
    ["hands buffers over both ways", "/transfer", 200, '{"there":1000,"left":0,"back":2000}'],
    ["gives a task's error to the handler", "/fail/caught", 200, "RangeError: too far"],
  ];
  for (const [criterion, path, status, body] of rows) {
    it(criterion, async () => {
      const response = await exchange(plane, "GET", path);
      assert.deepEqual([response.status, response.text], [status, body]);
    });
  }

  it("tells a task's HttpError to the client", async () => {
    const response = await exchange(plane, "GET", "/refuse");
    assert.deepEqual([response.status, codeOf(response.text)], [422, "NO_TRIANGLE"]);
  });

  for (const path of ["/fail", "/uncloneable/result", "/uncloneable/input", "/wrong/name"]) {
    it(`answers a bare 500 for the error of ${path}`, async () => {
      const response = await exchange(plane, "GET", path);
      assert.deepEqual([response.status, codeOf(response.text)], [500, "INTERNAL_ERROR"]);
      assert.ok(!response.text.includes("secret"));
    });
  }

  it("answers other requests while a task computes", async () => {
    const burning = exchange(plane, "GET", "/burn/1000");
    await until("the task runs", () => sample(plane, "fastserve_tasks_running") === 1);
    let answered = 0;
    while (sample(plane, "fastserve_tasks_running") === 1 && answered < 20) {
      assert.equal((await exchange(plane, "GET", "/now")).text, "now");
      answered += 1;
    }
    assert.ok(answered >= 10, `${answered} requests were answered beside the task`);
    assert.equal((await burning).text, "true");
  });

  it("replaces a thread that dies, and fails its task", async () => {
    const response = await exchange(plane, "GET", "/die");
    assert.equal(response.status, 500);
    assert.equal(sample(plane, "fastserve_task_thread_deaths_total"), 1);
    assert.equal((await exchange(plane, "GET", "/double/2")).text, "4");
  });

  it("gives its threads no permissions", { skip: without("workerPermissions") }, async () => {
    assert.equal((await exchange(plane, "GET", "/environment")).status, 500);
  });
});

describe("tasks at their bounds", () => {
  it("refuse what neither a thread nor the queue takes", async () => {
    const plane = await start();
    const first = exchange(plane, "GET", "/burn/500");
    await until("the task runs", () => sample(plane, "fastserve_tasks_running") === 1);
    const second = exchange(plane, "GET", "/double/1");
    await until("the task waits", () => sample(plane, "fastserve_tasks_queued") === 1);
    const third = await exchange(plane, "GET", "/double/2");
    assert.deepEqual([third.status, codeOf(third.text), third.headers.get("retry-after")], [503, "TASKS_FULL", "1"]);
    assert.deepEqual([(await first).text, (await second).text], ["true", "2"]);
    assert.equal(sample(plane, 'fastserve_tasks_total{result="refused"}'), 1);
    await plane.drain();
  });

  for (const path of ["/never", "/burn/1000"]) {
    it(`answer for ${path} at the deadline, and have a thread again`, async () => {
      const plane = await start({ "tasks.deadline_ms": 100, "tasks.queue_max": 8 });
      const response = await exchange(plane, "GET", path);
      assert.deepEqual([response.status, codeOf(response.text)], [503, "TASK_TIMEOUT"]);
      assert.equal(sample(plane, 'fastserve_tasks_total{result="timed_out"}'), 1);
      const again = await until("a task is done", async () => {
        const next = await exchange(plane, "GET", "/double/3");
        return next.status === 200 && next.text;
      });
      assert.equal(again, "6");
      await plane.drain();
    });
  }

  it("end a thread that computes beyond the deadline", { skip: without("taskTermination") }, async () => {
    const plane = await start({ "tasks.deadline_ms": 100 });
    // Longer than this test would wait for it.
    assert.equal((await exchange(plane, "GET", "/burn/600000")).status, 503);
    assert.equal((await exchange(plane, "GET", "/later")).text, "a task later");
    await plane.drain();
  });

  it("count a thread as busy that cannot be ended", {
    skip: has("taskTermination") && "busy threads end here",
  }, async () => {
    const plane = await start({ "tasks.deadline_ms": 50 });
    assert.equal((await exchange(plane, "GET", "/burn/500")).status, 503);
    assert.equal(sample(plane, "fastserve_tasks_running"), 1);
    await until("the thread is free", () => sample(plane, "fastserve_tasks_running") === 0);
    await plane.drain();
  });

  it("answer at the deadline for what still waits", async () => {
    // Far above what the first task and the start of its thread take on a busy machine.
    const plane = await start({ "tasks.deadline_ms": 4000, "tasks.queue_max": 8 });
    const first = exchange(plane, "GET", "/burn/200");
    await until("the task runs", () => sample(plane, "fastserve_tasks_running") === 1);
    const second = exchange(plane, "GET", "/never");
    const third = exchange(plane, "GET", "/double/1");
    assert.equal((await first).text, "true");
    assert.equal((await second).status, 503);
    // It waited behind the second one, for as long.
    assert.ok([200, 503].includes((await third).status));
    assert.equal(sample(plane, "fastserve_tasks_queued"), 0);
    await plane.drain();
  });

  it("forget a waiting task whose client has left", async () => {
    const plane = await start();
    const first = exchange(plane, "GET", "/burn/400");
    await until("the task runs", () => sample(plane, "fastserve_tasks_running") === 1);
    const leaving = await connect(plane);
    leaving.send(requestText("GET", "/cancellable"));
    await until("the task waits", () => sample(plane, "fastserve_tasks_queued") === 1);
    leaving.destroy();
    await until("nothing waits", () => sample(plane, "fastserve_tasks_queued") === 0);
    assert.equal(sample(plane, 'fastserve_tasks_total{result="cancelled"}'), 1);
    assert.equal((await first).text, "true");
    await plane.drain();
  });

  it("let a task that runs end before the drain's deadline", async () => {
    const plane = await start();
    const response = exchange(plane, "GET", "/burn/300");
    await until("the task runs", () => sample(plane, "fastserve_tasks_running") === 1);
    assert.deepEqual(await plane.drain(5000), { cut: false });
    assert.equal((await response).text, "true");
  });

  it("answer 500 where there are no threads", async () => {
    const plane = await start({ "tasks.threads": 0 });
    assert.equal((await exchange(plane, "GET", "/double/1")).status, 500);
    await plane.drain();
  });
});
