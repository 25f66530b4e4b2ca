import assert from "node:assert/strict";
import { test } from "node:test";
import { soakSettings } from "../../../../bench/soak/soak-settings.ts";

test("soakSettings() gives a large engine 64 MiB, and says so", () => {
  const { settings, notes } = soakSettings({ engine: { ram_bytes: 4 * 1024 ** 3 } });
  assert.deepEqual(settings, { "engine.ram_bytes": "67108864" });
  assert.match(notes.join(), /^engine\.ram_bytes: 64 MiB for the soak, /);
});

for (const ramBytes of [undefined, 32 * 1024 ** 2, 67_108_864]) {
  test(`soakSettings() leaves a memory size of ${ramBytes} as the plan has it`, () => {
    assert.deepEqual(soakSettings({ engine: { ram_bytes: ramBytes } }), { settings: {}, notes: [] });
  });
}
