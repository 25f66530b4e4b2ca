import assert from "node:assert/strict";
import { test } from "node:test";
import { defineRoutes, type ParamNames, type Params } from "../../../src/http/route.ts";

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
] = [true, true, true, true, true, true, true];

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
