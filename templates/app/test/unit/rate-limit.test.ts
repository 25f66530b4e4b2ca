import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { hashClient } from "../../src/features/rate-limit/client-hash.ts";
import { KeyedHash } from "../../src/features/rate-limit/keyed-hash.ts";
import { limitOf } from "../../src/features/rate-limit/limit.ts";
import { Refusals } from "../../src/features/rate-limit/refusals.ts";
import { publishClock, sharedClock } from "../../src/features/rate-limit/shared-clock.ts";
import { rateLimit } from "../../src/features/rate-limit.ts";
import { Context } from "../../src/http/context.ts";
import type { ControlServices } from "../../src/http/feature.ts";
import type { HttpError } from "../../src/http/http-error.ts";
import type { Handle } from "../../src/http/middleware.ts";
import type { Route } from "../../src/http/route.ts";
import { installed, pipelineServices } from "../fixture/services.ts";
import { configWith } from "./reference-config.ts";

describe("KeyedHash", () => {
  it("is HalfSipHash-1-3 with a result of 64 bits", () => {
    // The key and bytes of the reference's test vectors, through a plain transcription that gives Linux' published
    // 32-bit result for them (0x6b28096c).
    const hash = new KeyedHash(0x03020100, 0x07060504);
    hash.digest(0x03020100, 0x07060504, 0x0b0a0908);
    assert.deepEqual([hash.high >>> 0, hash.low >>> 0], [0x5ccc7755, 0x933fe7b3]);
  });

  it("gives another result under another key", () => {
    const results = [0, 1].map((key) => {
      const hash = new KeyedHash(key, 0);
      hash.digest(1, 2, 3);
      return hash.low;
    });
    assert.notEqual(results[0], results[1]);
  });
});

describe("hashClient()", () => {
  const same: readonly (readonly [string, string, boolean])[] = [
    ["192.0.2.1", "::ffff:192.0.2.1", true],
    ["192.0.2.1", "192.0.2.2", false],
    ["2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true],
    ["2001:db8:1:2::1", "2001:db8:1:3::1", false],
    ["fe80::1%eth0", "fe80::2", true],
    ["", "unix", true],
    ["", "0.0.0.0", false],
  ];
  for (const [one, other, expected] of same) {
    it(`${expected ? "takes" : "does not take"} "${one}" and "${other}" for one client`, () => {
      const [first, second] = [one, other].map((client) => {
        const hash = new KeyedHash(1, 2);
        hashClient(hash, client, 7);
        return `${hash.high} ${hash.low}`;
      });
      assert.equal(first === second, expected);
    });
  }

  it("tells one client's limits apart", () => {
    const [first, second] = [1, 2].map((id) => {
      const hash = new KeyedHash(1, 2);
      hashClient(hash, "192.0.2.1", id);
      return hash.low;
    });
    assert.notEqual(first, second);
  });
});

describe("Refusals", () => {
  const refusals = new Refusals("client", limitOf(0, 10, 1000, 25));

  it("write the fields of the draft", () => {
    assert.equal(refusals.policy, '"client";q=25;w=3');
    assert.equal(refusals.state(100_000), '"client";r=24;t=1');
    assert.equal(refusals.state(2_400_001), '"client";r=0;t=3');
  });

  it("say when to come back, in whole seconds of at least one", () => {
    const error = refusals.refusal(1_000_001);
    assert.deepEqual([error.status, error.code], [429, "RATE_LIMITED"]);
    assert.deepEqual(error.headers, {
      "retry-after": "2",
      "ratelimit-policy": '"client";q=25;w=3',
      ratelimit: '"client";r=0;t=2',
    });
    assert.equal(refusals.refusal(1).headers["retry-after"], "1");
    assert.equal(refusals.refusal(1_500_000), error);
  });
});

describe("sharedClock()", () => {
  it("gives threads one time, whatever their own start", () => {
    const cell = new Float64Array(1);
    publishClock(cell);
    const nowUs = sharedClock(cell);
    // In this thread it is the thread's own time, but for the sampling.
    assert.ok(Math.abs(nowUs(5000) - 5_000_000) < 2000, String(nowUs(5000)));
  });

  it("is corrected when the clock was set", () => {
    const cell = new Float64Array(1);
    const publish = publishClock(cell);
    const right = cell[0] as number;
    cell[0] = right + 3_600_000;
    publish();
    assert.ok(Math.abs((cell[0] as number) - right) < 2);
  });
});

describe("rateLimit", () => {
  const route = (options: Route["options"] = {}): Route => ({
    method: "GET",
    pattern: "/a",
    options,
    handler: () => "a",
  });
  const next = () => "a";

  /** Two workers with the memory that the control plane made. */
  async function twoWorkers(user: string) {
    const config = configWith(`[workers]\ncount = 2\n[rate_limit]\n${user}\n`);
    const zone = new SharedArrayBuffer(rateLimit.zoneBytes?.(config) ?? 0);
    const control = rateLimit.control?.({ config, zone } as unknown as ControlServices);
    const workers = [0, 1].map(async (worker) => (await installed(rateLimit, config, { zone, worker })).hooks);
    return { zone, control, workers: await Promise.all(workers) };
  }

  function statusOf(handle: Handle | undefined): number {
    const request = new Request("http://localhost/a");
    try {
      handle?.(new Context(request, {}, undefined, undefined, pipelineServices()));
      return 200;
    } catch (error) {
      return (error as HttpError).status;
    }
  }

  it("charges one budget in all workers", async () => {
    const { workers } = await twoWorkers("requests_per_s = 1\nburst = 4");
    const handles = workers.map((hooks) => hooks.middleware?.(next, route()));
    const statuses = [0, 1, 0, 1, 0, 1].map((worker) => statusOf(handles[worker]));
    assert.deepEqual(statuses, [200, 200, 200, 200, 429, 429]);
  });

  it("gives a dead worker's places in flight back", async () => {
    const { workers, control } = await twoWorkers("in_flight_per_client_max = 2");
    const forever = () => new Promise<string>(() => undefined);
    const [first, second] = workers.map((hooks) => hooks.middleware?.(forever, route()));
    assert.deepEqual([statusOf(first), statusOf(second), statusOf(first), statusOf(second)], [200, 200, 429, 429]);
    control?.reclaim?.(0);
    assert.deepEqual([statusOf(second), statusOf(second)], [200, 429]);
  });

  it("hashes under another key in each process", async () => {
    const keys = [await twoWorkers("burst = 1"), await twoWorkers("burst = 1")].map(({ zone }) =>
      new Int32Array(zone, 0, 2).join(),
    );
    assert.notEqual(keys[0], keys[1]);
  });

  it("leaves routes alone when nothing is limited", async () => {
    const { hooks } = await installed(rateLimit, configWith(""));
    assert.equal(hooks.middleware?.(next, route()), next);
  });

  it("wraps the routes that it limits", async () => {
    const { hooks } = await installed(rateLimit, configWith(""));
    assert.notEqual(hooks.middleware?.(next, route({ rateLimit: { requests: 1, windowMs: 1000 } })), next);
    const limited = await installed(rateLimit, configWith("[rate_limit]\nrequests_per_s = 5\n"));
    assert.notEqual(limited.hooks.middleware?.(next, route()), next);
    const held = await installed(rateLimit, configWith("[rate_limit]\nin_flight_per_client_max = 5\n"));
    assert.notEqual(held.hooks.middleware?.(next, route()), next);
  });

  it("has its settings refused where they limit nothing", () => {
    assert.throws(
      () => configWith("[rate_limit]\nrequests_per_s = 1\nburst = 86401\n"),
      /rate_limit\.burst = 86401 is more than a day/,
    );
  });

  it("refuses a limit that cannot be counted, with the route's name", async () => {
    const { hooks } = await installed(rateLimit, configWith(""));
    assert.throws(
      () => hooks.middleware?.(next, route({ rateLimit: { requests: 0, windowMs: 1000 } })),
      /route "GET \/a": a rate limit needs requests of 1 or more/,
    );
  });
});
