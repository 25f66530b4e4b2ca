import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { runtime } from "../../src/wiring.ts";
import { allCases } from "./catalogue.ts";
import { configurationOf, type ProxyName, startProxy, withoutProxy } from "./proxy-process.ts";
import { runThroughProxy } from "./through-proxy.ts";

function reasonToSkip(name: ProxyName): string | false {
  return existsSync(configurationOf(name)) ? withoutProxy(name) : `this project has no configuration of ${name}`;
}

/** Some seconds where the machine is calm. */
const TIMEOUT_MS = 120_000;

describe("attack catalogue through a proxy", () => {
  for (const name of ["nginx", "haproxy"] as const) {
    it(`leaves ${name} and ${runtime.adapter} in step`, { skip: reasonToSkip(name), timeout: TIMEOUT_MS }, async () => {
      const text = readFileSync(configurationOf(name), "utf8");
      const passages = await runThroughProxy((port) => startProxy(name, text, port), allCases);
      assert.deepEqual(
        passages.flatMap(({ attack, problem }) => (problem === undefined ? [] : [`${attack.id}: ${problem}`])),
        [],
      );
      const handled = passages.reduce((sum, passage) => sum + passage.handled, 0);
      assert.ok(handled > passages.length, "the valid requests among the attacks arrived");
    });
  }
});
