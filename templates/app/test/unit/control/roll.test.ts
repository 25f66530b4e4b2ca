import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { rollSlot } from "../../../src/control/roll.ts";
import { createSlots } from "../../../src/control/slots.ts";
import { zoneShape } from "../../../src/zones/shape.ts";
import { createZones } from "../../../src/zones/zones.ts";
import { configWith } from "../reference-config.ts";

describe("rollSlot()", () => {
  it("leaves an old worker that dies afterwards to whoever hears of it", async () => {
    const config = configWith("");
    const [old, , spare] = createSlots(config, createZones(zoneShape(config)));
    assert.ok(old && spare);
    for (const [diesAt, expected] of [
      ["begin", 1],
      ["end", 0],
    ] as const) {
      old.state = "listening";
      let replaced = 0;
      const die = (step: string) => {
        if (step === diesAt) old.state = "paused";
      };
      await rollSlot(old, spare, {
        begin: async () => {
          die("begin");
          throw new Error("no memory");
        },
        drain: async () => true,
        end: () => die("end"),
        vacate: () => undefined,
        replace: () => {
          replaced += 1;
        },
        isStopping: () => false,
      });
      assert.equal(replaced, expected, diesAt);
    }
  });

  it("leaves what is left of the new worker to a stop", async () => {
    const config = configWith("");
    const [old, , spare] = createSlots(config, createZones(zoneShape(config)));
    assert.ok(old && spare);
    const outcome = await rollSlot(old, spare, {
      begin: async () => {
        throw new Error("no memory");
      },
      drain: async () => true,
      end: () => assert.fail("ended"),
      vacate: () => assert.fail("vacated"),
      replace: () => assert.fail("replaced"),
      isStopping: () => true,
    });
    assert.deepEqual(outcome, { result: "kept", reason: "the server is stopping" });
  });
});
