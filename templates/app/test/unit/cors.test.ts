import assert from "node:assert/strict";
import { test } from "node:test";
import { cors } from "../../src/features/cors.ts";
import type { Route } from "../../src/http/route.ts";
import { recordingLogger } from "../fixture/recording-logger.ts";
import { installed } from "../fixture/services.ts";
import { configWith, load } from "./reference-config.ts";

test("cors adds nothing by default", async () => {
  assert.deepEqual((await installed(cors, configWith(""))).hooks, {});
});

test("cors leaves every method but OPTIONS as it is", async () => {
  const { hooks } = await installed(cors, configWith('cors.origins = ["*"]'));
  const next = () => "answer";
  const route = (method: string): Route => ({ method, pattern: "/", options: {}, handler: next });
  assert.equal(hooks.middleware?.(next, route("GET")), next);
  assert.notEqual(hooks.middleware?.(next, route("OPTIONS")), next);
  assert.notEqual(hooks.middleware?.(next, route("*")), next);
});

test("cors for everybody has fixed headers and no stamp", async () => {
  const { hooks } = await installed(cors, configWith('cors.origins = ["*"]\ncors.exposed = ["x-a", "x-b"]'));
  assert.deepEqual(hooks.headers, [
    ["access-control-allow-origin", "*"],
    ["access-control-expose-headers", "x-a, x-b"],
  ]);
  assert.equal(hooks.stamp, undefined);
});

const refused: readonly (readonly [text: string, reason: RegExp])[] = [
  ['cors.origins = ["*"]\ncors.credentials = true', /cors\.credentials = true needs cors\.origins by name/],
  ['cors.origins = ["*", "https://a.example"]', /name "\*" alone/],
  ['cors.origins = ["https://a.example/"]', /cors\.origins has "https:\/\/a\.example\/"/],
  ['cors.origins = ["https://A.example"]', /no browser sends/],
  ['cors.origins = ["https://a.example:443"]', /no browser sends/],
  ['cors.origins = ["http://a.example:80"]', /no browser sends/],
  ['cors.origins = ["a.example"]', /no browser sends/],
  ['cors.origins = ["https://*.example"]', /no browser sends/],
  ['cors.origins = ["https://a.example/path"]', /no browser sends/],
  ['cors.origins = ["https://u@a.example"]', /no browser sends/],
  ['cors.headers = ["x a"]', /no name of a method or a header/],
  [
    'cors.origins = ["https://a.example"]\ncors.credentials = true\ncors.headers = ["*"]',
    /cors\.methods, cors\.headers and cors\.exposed by name/,
  ],
];
for (const [text, reason] of refused) {
  test(`cors refuses ${JSON.stringify(text)} when it is loaded`, () => {
    assert.throws(() => load(text), reason);
  });
}

for (const [credentials, warnings] of [
  [true, 1],
  [false, 0],
] as const) {
  test(`cors ${credentials ? "warns of" : "takes"} the origin null with cors.credentials = ${credentials}`, async () => {
    const { logger, lines } = recordingLogger();
    await cors.prepare?.(configWith(`cors.origins = ["null"]\ncors.credentials = ${credentials}`), logger);
    assert.equal(lines.length, warnings);
  });
}

const origins = ["https://a.example", "http://localhost:5173", "http://[::1]:3000", "null", "capacitor://localhost"];
for (const origin of origins) {
  test(`cors takes the origin ${origin}`, () => {
    assert.deepEqual(configWith(`cors.origins = ["${origin}"]`).cors.origins, [origin]);
  });
}
