import assert from "node:assert/strict";
import { test } from "node:test";
import { limitsOff } from "../../../bench/server/limits-off.ts";
import { load } from "../reference-config.ts";

const limited = `
[rate_limit]
requests_per_s = 100
in_flight_per_client_max = 60

[overload]
lag_ms_high = 200
in_flight_percent_high = 80
memory_percent_high = 95
heap_percent_high = 80
`;

test("limitsOff() switches off what would refuse one client that asks for too much", () => {
  assert.deepEqual(limitsOff(load(limited).config), {
    environment: {
      FASTSERVE__RATE_LIMIT__REQUESTS_PER_S: "0",
      FASTSERVE__RATE_LIMIT__IN_FLIGHT_PER_CLIENT_MAX: "0",
      FASTSERVE__OVERLOAD__LAG_MS_HIGH: "0",
      FASTSERVE__OVERLOAD__IN_FLIGHT_PERCENT_HIGH: "0",
      FASTSERVE__OVERLOAD__MEMORY_PERCENT_HIGH: "0",
      FASTSERVE__OVERLOAD__HEAP_PERCENT_HIGH: "0",
    },
    keys: [
      "rate_limit.requests_per_s",
      "rate_limit.in_flight_per_client_max",
      "overload.lag_ms_high",
      "overload.in_flight_percent_high",
      "overload.memory_percent_high",
      "overload.heap_percent_high",
    ],
  });
});

test("limitsOff() gives an environment that the configuration takes, and that leaves nothing to switch off", () => {
  const { environment } = limitsOff(load(limited).config);
  assert.deepEqual(limitsOff(load(limited, environment).config), { environment: {}, keys: [] });
});

test("limitsOff() has nothing to say where no such limit is set", () => {
  assert.deepEqual(limitsOff(load("").config), { environment: {}, keys: [] });
});
