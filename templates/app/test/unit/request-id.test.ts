import assert from "node:assert/strict";
import { test } from "node:test";
import { requestId } from "../../src/features/request-id.ts";
import { installed } from "../fixture/services.ts";
import { configWith, load } from "./reference-config.ts";

test("requestId adds nothing by default", async () => {
  assert.deepEqual((await installed(requestId, configWith(""))).hooks, {});
});

test("requestId touches no request headers unless it accepts ids", async () => {
  const { hooks } = await installed(requestId, configWith('request_id.header = "x-request-id"'));
  assert.equal(hooks.middleware, undefined);
});

test("requestId refuses to accept ids without a header's name", () => {
  assert.throws(() => load("request_id.accept = true"), /request_id\.accept = true needs request_id\.header/);
});
