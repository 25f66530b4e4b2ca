/** Random tables of routes and random paths: the adapter's answer is the answer of our own router, whoever routes. */
import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import type { Context } from "../../src/http/context.ts";
import type { Route } from "../../src/http/route.ts";
import { buildRouter } from "../../src/http/router.ts";
import type { Resource } from "../../src/runtime/port.ts";
import { runtime } from "../../src/wiring.ts";
import { has } from "../fixture/capability.ts";
import { connect, requestText } from "../fixture/connection.ts";
import { type Plane, startPlane } from "../fixture/plane.ts";
import { randomNumbers } from "../unit/random.ts";

const segments = ["a", "b", "c", ":x", ":y", ":z<int>", ":w"];
const pieces = [
  "a",
  "b",
  "c",
  "7",
  "%61",
  "..",
  ".",
  "%2e%2e",
  "",
  "x%2Fy",
  "a\\b",
  has("rawUnicodePath") ? "\u00e9" : "%c3%a9",
];

/** A table without patterns that cannot be told apart. */
function randomTable(random: (below: number) => number): readonly string[] {
  const taken: string[] = [];
  for (let tries = 0; tries < 14; tries += 1) {
    const parts = Array.from({ length: 1 + random(4) }, () => segments[random(segments.length)] as string);
    if (random(4) === 0) parts.push("*");
    const pattern = `/${parts.join("/")}`;
    try {
      buildRouter([...taken, pattern].map(resource));
      taken.push(pattern);
    } catch {
      // A name twice, or the same paths as another pattern.
    }
  }
  return taken;
}

const resource = (pattern: string): Resource => ({ pattern, endpoints: new Map() });

function route(pattern: string, method: string): Route {
  const handler = ({ params }: Context) => answer(pattern, params);
  return { method, pattern, options: {}, handler };
}

const answer = (pattern: string, params: Context["params"]) =>
  JSON.stringify([pattern, Object.entries(params).sort(([a], [b]) => (a < b ? -1 : 1))]);

describe("random tables of routes", () => {
  const planes: Plane[] = [];
  after(() => Promise.all(planes.map((plane) => plane.drain())));

  for (let seed = 1; seed <= 12; seed += 1) {
    it(`are answered as our router answers, table ${seed}`, async () => {
      const random = randomNumbers(seed);
      const patterns = randomTable(random);
      // Some patterns answer another method only: the path is theirs all the same.
      const routes = patterns.map((pattern) => route(pattern, random(4) === 0 ? "POST" : "GET"));
      const plane = await startPlane({}, { routes, features: [], runtime });
      planes.push(plane);
      const router = buildRouter(patterns.map(resource));
      const methods = new Map(routes.map(({ method, pattern }) => [pattern, method]));
      const connection = await connect(plane);
      for (let count = 0; count < 150; count += 1) {
        const path = `/${Array.from({ length: 1 + random(4) }, () => pieces[random(pieces.length)]).join("/")}`;
        const found = router.find(`http://h${path}`);
        connection.send(requestText("GET", path));
        const { status, text } = await connection.response();
        if (!found) assert.equal(status, 404, path);
        else if (methods.get(found.value.pattern) !== "GET") assert.equal(status, 405, path);
        else
          assert.deepEqual(
            [status, text],
            [200, answer(found.value.pattern, found.params)],
            `${path} of ${patterns.join(" ")}`,
          );
      }
      connection.destroy();
    });
  }
});
