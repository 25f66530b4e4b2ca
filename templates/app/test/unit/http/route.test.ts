import assert from "node:assert/strict";
import { test } from "node:test";
import { constant, defineRoutes, type ParamNames, type Params } from "../../../src/http/route.ts";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Checked by the compiler: a wrong type does not let `true` stand here. */
const typeChecks: readonly [
  Equal<ParamNames<"/">, never>,
  Equal<ParamNames<"/users">, never>,
  Equal<ParamNames<"/users/:id">, "id">,
  Equal<ParamNames<"/users/:id/posts/:post">, "id" | "post">,
  Equal<ParamNames<"/files/*">, "*">,
  Equal<ParamNames<"/users/:id/files/*">, "id" | "*">,
  Equal<Params<"/users/:id">, { readonly id: string }>,
  Equal<Params<"/users/:id<int>">, { readonly id: number }>,
  Equal<Params<"/users/:id<uuid>/posts/:post<int>">, { readonly id: string; readonly post: number }>,
  Equal<Params<"/users/:id<string>/*">, { readonly id: string; readonly "*": string }>,
  Equal<Params<"/users/:id<float>">, { readonly id: never }>,
  Equal<ParamNames<"/a:b/c*">, never>,
] = [true, true, true, true, true, true, true, true, true, true, true, true];

test("route patterns give their parameters' names to the handler's type", () => {
  assert.ok(typeChecks.every(Boolean));
  const routes = defineRoutes({
    "GET /users/:id": ({ params }) => params.id,
    // @ts-expect-error the pattern has no such parameter
    "GET /posts/:post": ({ params }) => params.id,
    // @ts-expect-error a handler returns no function
    "GET /wrong": () => () => 1,
  });
  assert.deepEqual(
    routes.map(({ method, pattern }) => `${method} ${pattern}`),
    ["GET /users/:id", "GET /posts/:post", "GET /wrong"],
  );
});

for (const key of ["GET", "/users", "get /users", "GET users", "GET  /users", "GET /a b", ""]) {
  test(`defineRoutes() refuses the key ${JSON.stringify(key)}`, () => {
    const table = { [key]: () => "x" } as Record<string, never>;
    assert.throws(() => defineRoutes(table), {
      name: "TypeError",
      message: `route "${key}" is not of the form "METHOD /path"`,
    });
  });
}

const patterns: readonly (readonly [pattern: string, reason: RegExp])[] = [
  ["/users/:id<float>", /there is no parameter type "float"; there are int, uuid, string/],
  ["/users/:id<toString>", /there is no parameter type "toString"/],
  ["/users/:id<int", /":id<int" is not of the form ":name" or ":name<type>"/],
  ["/users/:", /is not of the form/],
  ["/users/:a-b", /is not of the form/],
  ["/users/:__proto__", /is not of the form/],
  ["/:x/:x", /names a parameter twice/],
  ["/a/*/b", /"\*" must be the last segment/],
  ["/a//b", /two slashes in a row/],
  ["//a", /two slashes in a row/],
  ["/a/../b", /dot segments are resolved/],
  ["/a/%2e", /dot segments are resolved/],
  ["/a?b", /a path ends before/],
  ["/a#b", /a path ends before/],
  ["/a\\b", /has no backslash/],
  ["/a%zz", /malformed percent-encoding/],
];
for (const [pattern, reason] of patterns) {
  test(`defineRoutes() refuses the pattern ${pattern}`, () => {
    const table = { [`GET ${pattern}`]: () => "x" } as Record<string, never>;
    assert.throws(
      () => defineRoutes(table),
      (error) => error instanceof TypeError && reason.test(error.message),
    );
  });
}

test("defineRoutes() refuses a constant with parameters, for any method, or with options, and says why", () => {
  const refused = (table: Record<string, unknown>, reason: RegExp) =>
    assert.throws(() => defineRoutes(table as Record<string, never>), { name: "TypeError", message: reason });
  refused({ "GET /a/:b": constant("x") }, /"GET \/a\/:b": a constant needs one method and one exact path, because/);
  refused({ "GET /a/*": constant("x") }, /needs one method and one exact path/);
  refused({ "* /a": constant("x") }, /needs one method and one exact path/);
  refused({ "GET /a": { timeoutMs: 5, handler: constant("x") } }, /a constant takes no options, because/);
});
