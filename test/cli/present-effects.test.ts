import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { effectLines, signedBytes } from "../../src/cli/present/present-effects.ts";
import { makeStyle } from "../../src/cli/present/style.ts";
import { effectsOf } from "../../src/drift/effects-of.ts";
import { noUserSettings, type UserSettings } from "../../src/drift/user-settings.ts";
import { GiB } from "../../src/lib/units.ts";
import { planOf, recordedOf, type Side } from "../drift/drift-case.ts";

const style = makeStyle({}, false);
const COLUMNS = 100;

/** What a change from one machine of 4 GiB and 2 CPUs is shown as. */
function linesOf(after: Side, user: UserSettings = noUserSettings, columns = COLUMNS): readonly string[] {
  const facts = { memoryBytes: GiB(4), memoryHostBytes: GiB(4), cpus: 2, cpusHost: 2 };
  const before = planOf({ facts });
  const diff = effectsOf(recordedOf(before), before, planOf({ ...after, facts: { ...facts, ...after.facts } }), user);
  return effectLines(diff, style, columns);
}

const smaller: Side = { facts: { memoryBytes: GiB(2), memoryHostBytes: GiB(2) } };

describe("effectLines()", () => {
  it("is empty when no setting differs", () => {
    assert.deepEqual(linesOf({}), []);
  });

  it("says one cause of everything once, above the settings under their sections", () => {
    const lines = linesOf(smaller);
    assert.match(lines[0] ?? "", /^Because memory 4 GiB → 2 GiB \(\d+ settings\):$/);
    assert.ok(lines.includes("memory"), lines.join("\n"));
    const limit = lines.find((line) => line.startsWith("  limit_bytes"));
    assert.match(limit ?? "", /^ {2}limit_bytes +4 GiB → 2 GiB +\[memory_limit\]$/);
    assert.match(lines.at(-1) ?? "", /^Predicted memory of the process: -[\d.]+ (MiB|GiB)\.$/);
  });

  it("gives each setting its own cause when there are several", () => {
    const lines = linesOf({ answers: { port: 4000 }, facts: smaller.facts ?? {} });
    assert.ok(
      lines.some((line) => /^ {2}port +3000 → 4000 +because port 3000 → 4000 \[/.test(line)),
      lines.join("\n"),
    );
    assert.ok(lines.some((line) => /^ {2}limit_bytes .+ because memory 4 GiB → 2 GiB \[memory_limit\]$/.test(line)));
  });

  it("shows a pin with what is in force and the recommendation, an override with what wins", () => {
    const user: UserSettings = {
      pins: ["websocket.connections_max"],
      overrides: new Map([["limits.connections_max", 9]]),
    };
    const text = linesOf(smaller, user).join("\n");
    assert.match(text, /^ {2}connections_max +\d+ \(pinned\) +recommended \d+ \[websocket_connections\]$/m);
    assert.match(text, /^ {2}connections_max +\d+ → \d+ +you override it with 9 \[connections\]$/m);
  });

  it("counts what is within the tolerance instead of listing it", () => {
    const text = linesOf({ facts: { memoryBytes: GiB(4) - GiB(0.15), memoryHostBytes: GiB(4) } }).join("\n");
    assert.match(text, /^\d+ settings? differs? by 5 % or less\.$/m);
  });

  it("stays within the columns, except for a value that is longer", () => {
    const wide = linesOf(
      { answers: { features: ["static-files", "compression"], workload: "static" } },
      noUserSettings,
      90,
    );
    const types = wide.findIndex((line) => /^ {2}types +none → text/.test(line));
    assert.ok(types >= 0, wide.join("\n"));
    assert.match(wide[types + 1] ?? "", /^ +because /);
    const long = wide.filter((line, index) => line.length > 90 && index !== types);
    assert.deepEqual(long, []);
  });
});

describe("signedBytes()", () => {
  it("always has a sign", () => {
    assert.deepEqual([signedBytes(-220_200_960), signedBytes(GiB(1.5))], ["-210 MiB", "+1.5 GiB"]);
  });
});
