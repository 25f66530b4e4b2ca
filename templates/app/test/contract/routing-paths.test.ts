/** Paths in every spelling: one that means a route reaches it on every adapter, and no other does. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { defineRoutes } from "../../src/http/route.ts";
import { runtime } from "../../src/wiring.ts";
import { exchange } from "../fixture/connection.ts";
import { type Plane, startPlane } from "../fixture/plane.ts";

const uuid = "123E4567-e89b-12d3-a456-426614174000";

const routes = defineRoutes({
  "GET /": () => "root",
  "GET /exact": () => "exact",
  "GET /a/b": () => "a/b",
  "GET /b": () => "b",
  "GET /caf\u00e9": () => "caf\u00e9",
  "GET /with%20space": () => "space",
  "GET /plus+at@colon:": () => "sub-delims",
  "GET /.well-known/x": () => "well-known",
  "GET /users/:id": ({ params }) => `user ${params.id}`,
  "GET /users/me": () => "me",
  "GET /users/:id/x": ({ params }) => `x of ${params.id}`,
  "GET /files/*": ({ params }) => `files ${params["*"]}`,
  "GET /files/index": () => "index",
  "GET /typed/:id<int>": ({ params }) => `int ${params.id satisfies number} ${typeof params.id}`,
  "GET /typed/:id<uuid>": ({ params }) => `uuid ${params.id satisfies string}`,
  "GET /typed/:name": ({ params }) => `string ${params.name}`,
  "GET /typed/*": ({ params }) => `rest ${params["*"]}`,
  "GET /only/:id<int>": ({ params }) => `only ${params.id}`,
  "GET /twin": () => "twin",
  "GET /folder/": () => "folder",
  // For one path each of these is the most specific in another place.
  "GET /deep/:x/c/*": ({ params }) => `1 ${params.x} ${params["*"]}`,
  "GET /deep/b/:y/d": ({ params }) => `2 ${params.y}`,
  "GET /deep/b/*": ({ params }) => `3 ${params["*"]}`,
  "GET /deep/:x/:y/:z": ({ params }) => `4 ${params.x} ${params.y} ${params.z}`,
  // A method that a more specific path lacks does not make it another path.
  "POST /method/:id": () => "posted",
  "GET /method/*": () => "wildcard",
  "POST /fall/exact": () => "posted",
  "POST /fall/:x/literal": () => "posted",
  "GET /fall/:x": () => "fell",
  "GET /fall/:x/:y": () => "fell",
  "PROPFIND /exotic/:id": () => "found",
  "GET /exotic/here": () => "here",
  "* /any": ({ request }) => request.method,
  "GET /any": () => "got",
});

describe("paths", () => {
  let plane: Plane;
  before(async () => {
    plane = await startPlane({}, { routes, features: [], runtime });
  });
  after(() => plane.drain());

  const found: readonly (readonly [criterion: string, path: string, body: string])[] = [
    ["meets a pattern's raw characters encoded", "/caf%C3%A9", "caf\u00e9"],
    ["meets them in lower-case digits", "/caf%c3%a9", "caf\u00e9"],
    ["meets needlessly encoded letters", "/%63af%C3%A9", "caf\u00e9"],
    ["meets an encoded pattern", "/with%20space", "space"],
    ["takes sub-delims raw", "/plus+at@colon:", "sub-delims"],
    ["takes sub-delims encoded", "/plus%2Bat%40colon%3A", "sub-delims"],
    ["finds a segment that begins with a dot", "/.well-known/x", "well-known"],
    ["prefers a literal in another spelling", "/users/m%65", "me"],
    ["prefers a literal in a folder in another spelling", "/%75sers/me", "me"],
    ["keeps an encoded slash in its parameter", "/users/a%2Fb", "user a/b"],
    ["keeps an encoded slash in a rest apart", "/files/a%2Fb/c", "files a%2Fb/c"],
    ["keeps a semicolon", "/users/a;b", "user a;b"],
    ["decodes once", "/users/%2541", "user %41"],
    ["gives an encoded backslash as it is", "/users/a%5Cb", "user a\\b"],
    ["gives an encoded number sign as it is", "/users/a%23b", "user a#b"],
    ["keeps slashes of a rest", "/files//a//b", "files /a//b"],
    ["gives an empty rest", "/files/", "files "],
    ["prefers an exact path to a rest", "/files/index", "index"],
    ["resolves a dot segment", "/./b", "b"],
    ["resolves two dots", "/a/../b", "b"],
    ["resolves encoded dots", "/a/%2e%2E/b", "b"],
    ["resolves half encoded dots", "/a/.%2e/b", "b"],
    ["resolves dots beyond the root", "/../../b", "b"],
    ["resolves dots out of a rest", "/files/../b", "b"],
    ["resolves encoded dots out of a rest", "/files/%2e%2e/b", "b"],
    ["resolves dots within a rest", "/files/x/../y", "files y"],
    ["resolves dots to an exact path below a rest", "/files/x/../index", "index"],
    ["resolves dots in a parameter's place", "/users/../b", "b"],
    ["resolves encoded dots in a parameter's place", "/users/%2e%2e/b", "b"],
    ["resolves a parameter away", "/users/%2e%2e", "root"],
    ["does not take dots with an encoded slash for two segments", "/files/..%2f..%2fetc", "files ..%2F..%2Fetc"],
    ["does not take dots with a semicolon for dots", "/files/..;/b", "files ..;/b"],
    ["takes a backslash for a slash", "/a\\b", "a/b"],
    ["resolves dots between backslashes", "/users\\..\\b", "b"],
    ["resolves a backslash in a parameter's place", "/users/a\\x", "x of a"],
    ["takes the absolute form", "http://other.example/exact", "exact"],
    ["takes the absolute form without a path", "http://other.example?next=/exact", "root"],
    ["takes a question mark within the query", "/exact?a?b=/users/7", "exact"],
    ["prefers the later literal", "/deep/b/c/d", "2 c"],
    ["prefers the literal's rest to parameters", "/deep/b/c/e", "3 c/e"],
    ["falls back to the parameter's branch", "/deep/a/c/e", "1 a e"],
    ["falls back to the least specific", "/deep/a/b/c", "4 a b c"],
    ["finds the rest where nothing better fits", "/deep/b/", "3 "],
    ["gives an int as a number", "/typed/42", "int 42 number"],
    ["gives a negative int", "/typed/-7", "int -7 number"],
    ["gives the largest safe int", "/typed/9007199254740991", "int 9007199254740991 number"],
    ["gives no int that is not safe", "/typed/9007199254740992", "string 9007199254740992"],
    ["gives no int with a leading zero", "/typed/042", "string 042"],
    ["gives no int that is minus zero", "/typed/-0", "string -0"],
    ["gives no int in other digits", "/typed/1e3", "string 1e3"],
    ["gives an encoded int", "/typed/%34%32", "int 42 number"],
    ["gives a uuid in lower case", `/typed/${uuid}`, `uuid ${uuid.toLowerCase()}`],
    ["gives what is almost a uuid as a string", `/typed/${uuid}0`, `string ${uuid}0`],
    ["gives several segments as a rest", "/typed/4/2", "rest 4/2"],
    ["gives a typed parameter that stands alone", "/only/42", "only 42"],
    ["prefers a method's own route to any", "/any", "got"],
  ];
  for (const [criterion, path, body] of found) {
    it(`${criterion}: ${path}`, async () => {
      const response = await exchange(plane, "GET", path);
      assert.deepEqual([response.status, response.text], [200, body]);
    });
  }

  const unknown: readonly (readonly [criterion: string, path: string])[] = [
    ["merges no slashes at the start", "//exact"],
    ["merges no slashes within", "/a//b"],
    ["takes no host for a path", "//exact/exact"],
    ["takes two backslashes for two slashes", "\\\\exact".replace("\\", "/")],
    ["tells case apart", "/EXACT"],
    ["tells case of an encoded letter apart", "/%45XACT"],
    ["tells a slash at the end apart", "/exact/"],
    ["tells a missing slash apart", "/folder"],
    ["gives no empty parameter", "/users/"],
    ["gives no empty parameter within", "/users//x"],
    ["gives no type to what has none", "/only/x"],
    ["gives no type to an empty segment", "/only/"],
    ["gives no int beyond the safe ones", "/only/9007199254740993"],
    ["takes an encoded question mark for the path's", "/exact%3Fa"],
    ["takes an encoded slash for no slash", "/a%2Fb"],
    ["takes a trailing dot segment for a folder", "/exact/."],
  ];
  for (const [criterion, path] of unknown) {
    it(`${criterion}: ${path}`, async () => {
      const response = await exchange(plane, "GET", path);
      assert.deepEqual([response.status, codeOf(response.text)], [404, "NOT_FOUND"]);
    });
  }

  const malformed = [
    "/%",
    "/%zz",
    "/nothing/%f",
    "/users/%ff",
    "/only/%ff",
    "/files/%E0%A4%A",
    "/users/a#b",
    "/exact#f",
  ];
  for (const path of malformed) {
    it(`refuses the malformed ${path}`, async () => {
      const response = await exchange(plane, "GET", path);
      assert.deepEqual([response.status, codeOf(response.text)], [400, "PATH_NOT_DECODABLE"]);
    });
  }

  it("refuses a target that has only a query", async () => {
    assert.equal((await exchange(plane, "GET", "?x=/exact")).status, 400);
  });

  it("finds nothing at a very long path, and answers the next one", async () => {
    for (const path of [`/users/${"a/".repeat(2000)}`, `/${"%61".repeat(1200)}`, `/deep/${"../".repeat(1200)}`]) {
      assert.equal((await exchange(plane, "GET", path)).status, path.startsWith("/deep") ? 200 : 404);
    }
    assert.equal((await exchange(plane, "GET", "/exact")).text, "exact");
  });

  const methods: readonly (readonly [method: string, path: string, status: number, allow: string | undefined])[] = [
    ["DELETE", "/exact", 405, "GET, HEAD, OPTIONS"],
    ["DELETE", "/%65xact", 405, "GET, HEAD, OPTIONS"],
    ["DELETE", "/users/7", 405, "GET, HEAD, OPTIONS"],
    ["DELETE", "/users/me", 405, "GET, HEAD, OPTIONS"],
    ["DELETE", "/files/a/b", 405, "GET, HEAD, OPTIONS"],
    ["DELETE", "/typed/7", 405, "GET, HEAD, OPTIONS"],
    ["GET", "/method/7", 405, "OPTIONS, POST"],
    ["PUT", "/method/7", 405, "OPTIONS, POST"],
    ["GET", "/method/7/8", 200, undefined],
    ["POST", "/method/7/8", 405, "GET, HEAD, OPTIONS"],
    ["GET", "/fall/exact", 405, "OPTIONS, POST"],
    ["GET", "/fall/7/literal", 405, "OPTIONS, POST"],
    ["GET", "/fall/7/other", 200, undefined],
    ["PROPFIND", "/exotic/7", 200, undefined],
    ["PROPFIND", "/exotic/here", 405, "GET, HEAD, OPTIONS"],
    ["GET", "/exotic/7", 405, "OPTIONS, PROPFIND"],
    ["OPTIONS", "/exotic/7", 204, "OPTIONS, PROPFIND"],
    ["OPTIONS", "/files/a", 204, "GET, HEAD, OPTIONS"],
    ["OPTIONS", "/nothing", 404, undefined],
    ["DELETE", "/nothing", 404, undefined],
  ];
  for (const [method, path, status, allow] of methods) {
    it(`answers ${method} ${path} with ${status}`, async () => {
      const response = await exchange(plane, method, path);
      assert.deepEqual([response.status, response.headers.get("allow")], [status, allow]);
    });
  }

  it("gives other methods to the route for any", async () => {
    assert.equal((await exchange(plane, "DELETE", "/any")).text, "DELETE");
    assert.equal((await exchange(plane, "HEAD", "/any")).headers.get("content-length"), "3");
  });
});

describe("trailing slashes by redirection", () => {
  let plane: Plane;
  before(async () => {
    plane = await startPlane({ "server.trailing_slash": "redirect" }, { routes, features: [], runtime });
  });
  after(() => plane.drain());

  const rows: readonly (readonly [method: string, path: string, location: string])[] = [
    ["GET", "/twin/", "/twin"],
    ["POST", "/twin/", "/twin"],
    ["GET", "/folder", "/folder/"],
    ["GET", "/twin/?a=1&b=%2F", "/twin?a=1&b=%2F"],
    ["GET", "/users/7/", "/users/7"],
    ["GET", "/users/%41/", "/users/A"],
    ["GET", "/users/a%0d%0ab/", "/users/a%0D%0Ab"],
    ["GET", "/caf%C3%A9/", "/caf%C3%A9"],
    ["GET", "/files", "/files/"],
    ["GET", "http://evil.example/twin/", "/twin"],
    ["GET", "/x/../twin/", "/twin"],
  ];
  for (const [method, path, location] of rows) {
    it(`sends ${method} ${path} to ${location}`, async () => {
      const response = await exchange(plane, method, path);
      assert.deepEqual([response.status, response.headers.get("location"), response.text], [308, location, ""]);
    });
  }

  const none = [
    "//evil.example/",
    "//evil.example",
    "/\\evil.example/",
    "//twin/",
    "/twin//",
    "/users/",
    "/nothing/",
    "//",
  ];
  for (const path of none) {
    it(`sends ${path} nowhere`, async () => {
      const response = await exchange(plane, "GET", path);
      assert.deepEqual([response.status, response.headers.get("location")], [404, undefined]);
    });
  }

  it("leaves a path with another method alone", async () => {
    assert.equal((await exchange(plane, "POST", "/twin")).status, 405);
  });
});

function codeOf(text: string): string {
  return (JSON.parse(text) as { code: string }).code;
}
