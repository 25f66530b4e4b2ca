/** Hosts that are none: a handler that asks for the URL is never told one that somebody in front may have read otherwise. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { defineRoutes } from "../../src/http/route.ts";
import { runtime } from "../../src/wiring.ts";
import { has, without } from "../fixture/capability.ts";
import { connect, exchange } from "../fixture/connection.ts";
import { type Plane, startPlane } from "../fixture/plane.ts";
import { until } from "../fixture/until.ts";

let seen = 0;
const routes = defineRoutes({
  "GET /url": ({ url }) => url.host,
  "GET /unread": () => {
    seen += 1;
    return "served";
  },
});

describe("a request's Host", () => {
  let plane: Plane;
  before(async () => {
    plane = await startPlane({}, { routes, features: [], runtime });
  });
  after(() => plane.drain());

  async function answerTo(path: string, hosts: readonly string[]) {
    const connection = await connect(plane);
    const fields = hosts.map((host) => `Host: ${host}\r\n`).join("");
    connection.send(`GET ${path} HTTP/1.1\r\n${fields}\r\n`);
    const response = await connection.response();
    connection.destroy();
    return response;
  }

  for (const [host, urlHost = host] of [
    ["localhost"],
    ["example.org:8443"],
    ["127.0.0.1:80", "127.0.0.1"],
    ["[::1]:8080"],
  ] as const) {
    it(`${host} is the URL's`, async () => {
      const { status, text } = await answerTo("/url", [host]);
      assert.deepEqual([status, text], [200, urlHost]);
    });
  }

  const refused: readonly (readonly [criterion: string, ...hosts: string[]])[] = [
    ["twice", "localhost", "evil.example"],
    ["twice the same", "localhost", "localhost"],
    ["a list", "localhost, evil.example"],
    ["a list without spaces", "localhost,evil.example"],
    ["a user", "user@localhost"],
    ["a space", "local host"],
    ["a quotation mark", 'local"host'],
    ["a percent sign", "local%zzhost"],
    ["an open bracket", "[::1"],
    ["letters for a port", "localhost:http"],
    ["a port above 65535", "localhost:65536"],
  ];
  for (const [criterion, ...hosts] of refused) {
    it(`that is ${criterion} is refused where a handler asks for the URL`, async () => {
      assert.equal((await answerTo("/url", hosts)).status, 400);
    });
  }

  it("that is none reaches no handler", { skip: without("hostRefusal") }, async () => {
    for (const [criterion, ...hosts] of refused) {
      const before = seen;
      assert.equal((await answerTo("/unread", hosts)).status, 400, criterion);
      assert.equal(seen, before, criterion);
    }
  });

  it("with a slash never moves the path to another route", { skip: without("hostCheck") }, async () => {
    const { status } = await answerTo("/url", ["localhost/unread?"]);
    assert.equal(status, 400);
  });

  it("of an unread URL is not looked at where that costs too much", {
    skip: has("hostRefusal") && "it is refused",
  }, async () => {
    assert.equal((await answerTo("/unread", ["user@localhost"])).status, 200);
  });
});

describe("a method that the runtime does not know", { skip: without("unknownMethods") }, () => {
  it("reaches no handler of another method", async () => {
    const plane = await startPlane({}, { routes, features: [], runtime });
    const connection = await connect(plane);
    connection.send("FROB /unread HTTP/1.1\r\nHost: localhost\r\n\r\n");
    const { status } = await connection.response();
    assert.ok([400, 405, 501].includes(status), String(status));
    connection.destroy();
    await plane.drain();
  });
});

describe("a request behind one whose answer is still being made", { skip: without("asyncPipelining") }, () => {
  it("leaves that answer in its place, even where it is malformed", async () => {
    const held: ((text: string) => void)[] = [];
    const slow = defineRoutes({
      "GET /held": () => new Promise<string>((resolve) => held.push(resolve)),
      "GET /quick": () => "quick",
    });
    const plane = await startPlane({}, { routes: slow, features: [], runtime });
    for (const [next, status] of [
      ["GET /quick HTTP/1.1\r\nHost: localhost\r\n\r\n", 200],
      ["GARBAGE\r\n\r\n", 400],
    ] as const) {
      const connection = await connect(plane);
      connection.send(`GET /held HTTP/1.1\r\nHost: localhost\r\n\r\n${next}`);
      const release = await until("the first request is handled", () => held.pop());
      // What is pipelined has been read too when another connection is served.
      assert.equal((await exchange(plane, "GET", "/quick")).text, "quick");
      release("held");
      const first = await connection.response();
      assert.deepEqual([first.status, first.text], [200, "held"]);
      assert.equal((await connection.response()).status, status);
      connection.destroy();
    }
    await plane.drain();
  });
});
