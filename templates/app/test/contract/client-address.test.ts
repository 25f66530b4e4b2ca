import assert from "node:assert/strict";
import { networkInterfaces } from "node:os";
import { after, before, describe, it } from "node:test";
import type { App } from "../../src/data/start-data-plane.ts";
import { defineRoutes } from "../../src/http/route.ts";
import { runtime } from "../../src/wiring.ts";
import { connect, requestText } from "../fixture/connection.ts";
import { type Plane, startPlane } from "../fixture/plane.ts";
import type { Overrides } from "../fixture/settings.ts";

const app: App = {
  routes: defineRoutes({ "GET /client": (context) => ({ client: context.client, address: context.address }) }),
  features: [],
  runtime,
};

/** What the server takes the client for that sends these header lines. */
async function clientOf(plane: Plane, lines: readonly string[]): Promise<string> {
  const connection = await connect(plane);
  const head = requestText("GET", "/client").slice(0, -2);
  connection.send(`${head}${lines.map((line) => `${line}\r\n`).join("")}\r\n`);
  const response = await connection.response();
  connection.destroy();
  assert.equal(response.status, 200);
  const { client, address } = JSON.parse(response.text) as { client: string; address: string };
  assert.match(address, /^(::ffff:)?127\.0\.0\.1$/);
  return client;
}

interface Case {
  readonly name: string;
  readonly settings: Overrides;
  readonly skip?: string | false;
  /** The header lines as sent, and the client that the server sees. */
  readonly rows: readonly (readonly [client: string, ...lines: readonly string[]])[];
}

const hasIpv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ family }) => family === "IPv6"));

const cases: readonly Case[] = [
  {
    name: "without a proxy",
    settings: {},
    rows: [
      ["127.0.0.1", "x-forwarded-for: 203.0.113.9"],
      ["127.0.0.1", "forwarded: for=203.0.113.9"],
      ["127.0.0.1", "x-real-ip: 203.0.113.9"],
    ],
  },
  {
    name: "behind a proxy elsewhere",
    settings: { "proxy.trusted": "10.0.0.0/8,2001:db8::/32", "proxy.header": "x-forwarded-for" },
    rows: [
      ["127.0.0.1", "x-forwarded-for: 203.0.113.9"],
      ["127.0.0.1", "x-forwarded-for: 10.0.0.1"],
      ["127.0.0.1", "x-forwarded-for: 127.0.0.1, 10.0.0.1", "x-forwarded-for: 10.0.0.2"],
    ],
  },
  {
    name: "behind a trusted proxy that writes X-Forwarded-For",
    settings: { "proxy.trusted": "127.0.0.0/8,10.0.0.0/8", "proxy.header": "x-forwarded-for" },
    rows: [
      ["127.0.0.1"],
      ["203.0.113.9", "x-forwarded-for: 203.0.113.9"],
      ["203.0.113.9", "X-FORWARDED-FOR: 198.51.100.66, 203.0.113.9, 10.0.0.1"],
      ["203.0.113.9", "x-forwarded-for: 198.51.100.66", "x-forwarded-for: 203.0.113.9", "x-forwarded-for:10.0.0.1"],
      ["2001:db8::1", "x-forwarded-for: [2001:DB8::1]:4711"],
      ["10.0.0.1", "x-forwarded-for: 203.0.113.9, nonsense, 10.0.0.1"],
      ["127.0.0.1", "x-forwarded-for: 203.0.113.9, unknown"],
      ["127.0.0.1", "x-forwarded-for:"],
      ["127.0.0.1", `x-forwarded-for: ${"9".repeat(4000)}`],
      ["127.0.0.1", "forwarded: for=203.0.113.9", "x-real-ip: 203.0.113.9", "x-client-ip: 203.0.113.9"],
    ],
  },
  {
    name: "behind a trusted IPv4 proxy of a listener on both families",
    settings: { "server.host": "::", "proxy.trusted": "127.0.0.1", "proxy.header": "x-forwarded-for" },
    skip: hasIpv6 ? false : "this machine has no IPv6",
    rows: [["127.0.0.1"], ["203.0.113.9", "x-forwarded-for: 203.0.113.9"]],
  },
  {
    name: "behind a trusted proxy that writes Forwarded",
    settings: { "proxy.trusted": "127.0.0.1,10.0.0.0/8", "proxy.header": "forwarded" },
    rows: [
      ["203.0.113.9", "forwarded: for=203.0.113.9;proto=https;host=example.com"],
      ["2001:db8::1", 'forwarded: for=198.51.100.66, for="[2001:db8::1]:4711";by=_me, for=10.0.0.1'],
      ["203.0.113.9", 'forwarded: for="198.51.100.66', "forwarded: for=203.0.113.9"],
      ["203.0.113.9", 'forwarded: for=198.51.100.66;by="', "forwarded: for=203.0.113.9;proto=http"],
      ["127.0.0.1", "forwarded: for=unknown"],
      ["127.0.0.1", "forwarded: for=_hidden;proto=https"],
      ["127.0.0.1", "x-forwarded-for: 203.0.113.9"],
    ],
  },
];

for (const { name, settings, rows, skip = false } of cases) {
  describe(`context.client ${name}`, { skip }, () => {
    let plane: Plane;
    before(async () => {
      plane = await startPlane(settings, app);
    });
    after(() => plane.drain());

    for (const [client, ...lines] of rows) {
      it(`is ${client} for ${JSON.stringify(lines.join(" | ").slice(0, 100))}`, async () => {
        assert.equal(await clientOf(plane, lines), client);
      });
    }
  });
}
