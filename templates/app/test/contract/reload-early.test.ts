import assert from "node:assert/strict";
import { test } from "node:test";
import { FeatureControls } from "../../src/control/feature-controls.ts";
import { reservePort } from "../../src/control/reserve-port.ts";
import { Supervisor } from "../../src/control/supervisor.ts";
import { workerPermissions } from "../../src/control/worker-permissions.ts";
import { runtime } from "../../src/wiring.ts";
import { zoneShape } from "../../src/zones/shape.ts";
import { createZones } from "../../src/zones/zones.ts";
import { exchange } from "../fixture/connection.ts";
import { installing, late, lateZone, mayInstall } from "../fixture/late-app.ts";
import { recordingLogger } from "../fixture/recording-logger.ts";
import { fixtureConfig } from "../fixture/settings.ts";
import { until } from "../fixture/until.ts";

test("Supervisor.reload reaches a worker that has its order and does not listen yet", async () => {
  const config = fixtureConfig({ "workers.count": 1 });
  const zones = createZones(zoneShape(config));
  const { port, release } = await reservePort({ section: "server", ...config.server });
  const { logger } = recordingLogger();
  const controls = await FeatureControls.start({
    features: [late],
    config,
    logger,
    zones,
    rssBytes: () => 0,
    reload: () => undefined,
    runtime,
  });
  const supervisor = new Supervisor({
    config,
    runtime,
    module: new URL("../fixture/late-worker.ts", import.meta.url),
    permissions: workerPermissions(config, port, []),
    zones,
    order: (worker) => ({ type: "start", port, config, tls: undefined, zones, features: controls.partsFor(worker) }),
    reclaim: (worker) => controls.reclaim(worker),
    logger,
    giveUp: (reason) => assert.fail(reason),
  });
  const started = supervisor.start();
  await until("the worker installs", () => Atomics.load(lateZone(), installing) === 1);
  supervisor.reload(await controls.reload());
  Atomics.store(lateZone(), mayInstall, 1);
  await started;
  await release();
  await until(
    "the worker has reloaded",
    async () => (await exchange({ port }, "GET", "/any")).text === "preparation 2",
  );
  await supervisor.drain(1000);
  controls.stop();
});
