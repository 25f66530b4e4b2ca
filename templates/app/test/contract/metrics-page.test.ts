/** The metrics page over the admin listener: the same bytes as text and by way of an arena, also when pages come at once. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { buildAdminSite } from "../../src/control/admin.ts";
import { adminOptions } from "../../src/control/admin-sources.ts";
import { metricsPage } from "../../src/control/metrics-page.ts";
import type { Listener } from "../../src/runtime/port.ts";
import { runtime } from "../../src/wiring.ts";
import { exchange } from "../fixture/connection.ts";
import { fixtureConfig } from "../fixture/settings.ts";

for (const isArena of [false, true]) {
  describe(`the metrics page ${isArena ? "by way of an arena" : "as text"}`, () => {
    let listener: Listener;
    let pages = 0;
    before(async () => {
      const page = metricsPage(isArena);
      const sources = {
        notReady: () => [],
        drift: () => [],
        metrics: () => {
          pages += 1;
          return page.body(`page{unit="\u20ac"} ${pages}\n`.repeat(5000));
        },
        configuration: () => ({}),
      };
      const config = fixtureConfig({ "admin.port": 0 });
      listener = await runtime.listen(buildAdminSite(sources, []), adminOptions(config));
    });
    after(() => listener.drain(1000));

    it("is whole, each scrape with its own", async () => {
      const scrapes = await Promise.all(Array.from({ length: 8 }, () => exchange(listener, "GET", "/metrics")));
      const seen = scrapes.map(({ status, headers, text }) => {
        assert.equal(status, 200);
        assert.equal(headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
        const [first = ""] = text.split("\n", 1);
        assert.equal(text, `${first}\n`.repeat(5000));
        return Number(/^page\{unit="\u20ac"\} (\d+)$/.exec(first)?.[1]);
      });
      assert.deepEqual(
        seen.sort((one, other) => one - other),
        [1, 2, 3, 4, 5, 6, 7, 8],
      );
    });

    it("has the length of GET and no body for HEAD", async () => {
      const { status, body } = await exchange(listener, "HEAD", "/metrics");
      assert.deepEqual([status, body.length], [200, 0]);
    });
  });
}
