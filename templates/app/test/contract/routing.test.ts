import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { has } from "../fixture/capability.ts";
import { exchange } from "../fixture/connection.ts";
import { type Plane, startPlane } from "../fixture/plane.ts";

describe("routing", () => {
  let plane: Plane;
  before(async () => {
    plane = await startPlane();
  });
  after(() => plane.drain());

  type Row = readonly [criterion: string, method: string, path: string, status: number, body: string];
  const rows: readonly Row[] = [
    ["finds the root", "GET", "/", 200, "root"],
    ["finds an exact path", "GET", "/exact", 200, "exact"],
    ["tells methods apart", "PUT", "/exact", 200, "put"],
    ["leaves the query out of the path", "GET", "/exact?a=/users/7", 200, "exact"],
    ["takes an empty query", "GET", "/exact?", 200, "exact"],
    ["takes a trailing slash for another path", "GET", "/exact/", 200, "with a slash"],
    ["hands out a parameter", "GET", "/users/42", 200, '{"id":"42"}'],
    ["hands out several parameters", "GET", "/users/a/posts/b", 200, '{"id":"a","post":"b"}'],
    ["prefers a literal segment to a parameter", "GET", "/users/me", 200, "me"],
    ["decodes parameters", "GET", "/users/%C3%A9t%C3%A9%20%2F", 200, '{"id":"\u00e9t\u00e9 /"}'],
    ["leaves a plus sign alone", "GET", "/users/a+b", 200, '{"id":"a+b"}'],
    ["ends a parameter at the query", "GET", "/users/42?x=1", 200, '{"id":"42"}'],
    ["hands out the rest of a wildcard path", "GET", "/files/a/b.txt", 200, '{"rest":"a/b.txt"}'],
    ["decodes the rest of a wildcard path", "GET", "/files/a%20b/c", 200, '{"rest":"a b/c"}'],
    [
      "hands out parameters before a wildcard",
      "GET",
      "/trees/a%20tree/files/x/y",
      200,
      '{"tree":"a tree","rest":"x/y"}',
    ],
    ["gives an encoded U+FFFD as it is", "GET", "/users/%EF%BF%BD", 200, '{"id":"\ufffd"}'],
    ["hands out the query apart", "GET", "/query?a=1%202&b=3", 200, '{"path":"/query","a":"1 2"}'],
  ];
  for (const [criterion, method, path, status, body] of rows) {
    it(criterion, async () => {
      const response = await exchange(plane, method, path);
      assert.deepEqual([response.status, response.text], [status, body]);
    });
  }

  const unknown = ["/nothing", "/users/", "/users/a/b", "/Exact", "/exact/more", "/fil"];
  for (const path of unknown) {
    it(`answers 404 for ${path}`, async () => {
      const response = await exchange(plane, "GET", path);
      assert.equal(response.status, 404);
      assert.equal(response.headers.get("content-type"), "application/problem+json");
      assert.equal((JSON.parse(response.text) as { code: string }).code, "NOT_FOUND");
    });
  }

  for (const path of ["/users/%", "/users/%zz", "/users/%ff", "/trees/%ff/files/x", "/files/%E0%A4%A"]) {
    it(`answers 400 for the malformed encoding ${path}`, async () => {
      const response = await exchange(plane, "GET", path);
      assert.equal(response.status, 400);
      assert.equal((JSON.parse(response.text) as { code: string }).code, "PATH_NOT_DECODABLE");
    });
  }

  it("answers 405 with the methods of an exact path", async () => {
    const response = await exchange(plane, "DELETE", "/exact");
    assert.deepEqual([response.status, response.headers.get("allow")], [405, "GET, HEAD, OPTIONS, PUT"]);
    assert.equal((JSON.parse(response.text) as { code: string }).code, "METHOD_NOT_ALLOWED");
  });

  it("answers 405 with the methods of a parameter path", async () => {
    const response = await exchange(plane, "POST", "/users/42", "{}");
    assert.deepEqual([response.status, response.headers.get("allow")], [405, "GET, HEAD, OPTIONS"]);
  });

  it("answers OPTIONS with the methods", async () => {
    const response = await exchange(plane, "OPTIONS", "/echo");
    assert.deepEqual([response.status, response.headers.get("allow"), response.text], [204, "OPTIONS, POST", ""]);
  });

  it("answers HEAD as GET, without a body", async () => {
    const [get, head] = [await exchange(plane, "GET", "/exact"), await exchange(plane, "HEAD", "/exact")];
    assert.equal(head.status, 200);
    assert.equal(
      head.headers.get("content-type"),
      has("headContentType") ? get.headers.get("content-type") : undefined,
    );
    assert.equal(head.headers.get("content-length"), "5");
  });

  it("hands out request headers", async () => {
    const response = await exchange(plane, "GET", "/header", undefined, { "x-test": "seen" });
    assert.equal(response.text, '{"value":"seen"}');
  });

  it("tells the address of the other side", async () => {
    assert.equal((await exchange(plane, "GET", "/address")).text, "127.0.0.1");
  });
});
