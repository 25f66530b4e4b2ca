import assert from "node:assert/strict";
import { test } from "node:test";
import { FeatureControls } from "../../../src/control/feature-controls.ts";
import type { Feature } from "../../../src/http/feature.ts";
import { runtime } from "../../../src/wiring.ts";
import { zoneShape } from "../../../src/zones/shape.ts";
import { createZones } from "../../../src/zones/zones.ts";
import { recordingLogger } from "../../fixture/recording-logger.ts";
import { fixtureConfig } from "../../fixture/settings.ts";

/** Prepares its count, once the test lets it. */
function countingFeature(): {
  readonly feature: Feature;
  readonly waiting: (() => void)[];
  readonly begun: () => number;
} {
  const waiting: (() => void)[] = [];
  let begun = 0;
  const feature: Feature = {
    name: "counting",
    async prepare() {
      begun += 1;
      const count = begun;
      if (count > 1) await new Promise<void>((resolve) => waiting.push(resolve));
      return count;
    },
    install: () => ({}),
  };
  return { feature, waiting, begun: () => begun };
}

function startControls(feature: Feature): Promise<FeatureControls> {
  const config = fixtureConfig();
  return FeatureControls.start({
    features: [feature],
    config,
    logger: recordingLogger().logger,
    zones: createZones(zoneShape(config)),
    rssBytes: () => 0,
    reload: () => undefined,
    runtime,
  });
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

test("FeatureControls.reload ends with what was prepared last, however long each took", async () => {
  const { feature, waiting, begun } = countingFeature();
  const controls = await startControls(feature);
  const first = controls.reload();
  await turn();
  const reloads = [first, controls.reload(), controls.reload()];
  await turn();
  assert.equal(begun(), 2, "one preparation at a time");
  waiting.shift()?.();
  await turn();
  // Those that were asked for meanwhile are one: it sees all changes that they are about.
  assert.equal(begun(), 3);
  waiting.shift()?.();
  assert.deepEqual(await Promise.all(reloads), [{ counting: 2 }, { counting: 3 }, { counting: 3 }]);
  assert.equal(controls.partsFor(0).counting?.prepared, 3);
  assert.equal(begun(), 3);
  controls.stop();
});

test("FeatureControls.reload works again after one that failed, which changed nothing", async () => {
  let count = 0;
  const feature: Feature = {
    name: "failing",
    prepare() {
      count += 1;
      if (count === 2) throw new Error("a file is missing");
      return count;
    },
    install: () => ({}),
  };
  const controls = await startControls(feature);
  await assert.rejects(controls.reload(), /a file is missing/);
  assert.equal(controls.partsFor(0).failing?.prepared, 1);
  assert.deepEqual(await controls.reload(), { failing: 3 });
  controls.stop();
});
