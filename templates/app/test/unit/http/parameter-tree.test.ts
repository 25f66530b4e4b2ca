import assert from "node:assert/strict";
import { test } from "node:test";
import { ParameterTree } from "../../../src/http/parameter-tree.ts";
import type { PathParams } from "../../../src/http/parameter-types.ts";

const patterns = [
  "/users/:id",
  "/users/me",
  "/users/:id/posts",
  "/users/:id/posts/:post",
  "/files/*",
  "/files/:name/raw",
  "/a/:x/c/*",
  "/a/b/:y/d",
  "/:any",
];

function tree(): ParameterTree<string> {
  const made = new ParameterTree<string>();
  for (const pattern of patterns) made.insert(pattern, pattern);
  return made;
}

function find(path: string): readonly [pattern: string, params: PathParams] | undefined {
  const url = `http://host${path}?query`;
  const found = tree().find(url, 11, 11 + path.length);
  return found && [found.value, found.params];
}

const rows: readonly (readonly [path: string, pattern: string | undefined, params?: PathParams])[] = [
  ["/users/42", "/users/:id", { id: "42" }],
  ["/users/me", "/users/me", {}],
  ["/users/me2", "/users/:id", { id: "me2" }],
  ["/users/me/posts", "/users/:id/posts", { id: "me" }],
  ["/users/1/posts/2", "/users/:id/posts/:post", { id: "1", post: "2" }],
  ["/users/1/posts/2/3", undefined],
  ["/users/", undefined],
  ["/users//posts", undefined],
  ["/users", "/:any", { any: "users" }],
  ["/", undefined],
  ["/files/", "/files/*", { "*": "" }],
  ["/files/a", "/files/*", { "*": "a" }],
  ["/files/a/b//c", "/files/*", { "*": "a/b//c" }],
  ["/files/a/raw", "/files/:name/raw", { name: "a" }],
  // The literal branch is a dead end here, so the search goes back and takes the parameter.
  ["/a/b/c/e", "/a/:x/c/*", { x: "b", "*": "e" }],
  ["/a/b/c/d", "/a/b/:y/d", { y: "c" }],
  ["/users/a%2Fb", "/users/:id", { id: "a/b" }],
  ["/users/a%20%C3%A9", "/users/:id", { id: "a \u00e9" }],
  ["/users/constructor", "/users/:id", { id: "constructor" }],
  ["/__proto__", "/:any", { any: "__proto__" }],
];
for (const [path, pattern, params] of rows) {
  test(`ParameterTree finds ${pattern ?? "nothing"} for ${path}`, () => {
    assert.deepEqual(find(path), pattern === undefined ? undefined : [pattern, params]);
  });
}

for (const [first, second] of [
  ["/a/:x", "/a/:y"],
  ["/a/*", "/a/*"],
  ["/a/:x/b", "/a/:y/b"],
  ["/a/:x<int>", "/a/:y<int>"],
  ["/a/:x", "/a/:y<string>"],
] as const) {
  test(`ParameterTree refuses ${second} beside ${first}: they match the same paths`, () => {
    const made = new ParameterTree<number>();
    made.insert(first, 1);
    assert.throws(() => made.insert(second, 2), {
      name: "TypeError",
      message: `"${second}" matches the same paths as "${first}"`,
    });
  });
}

test("ParameterTree prefers types in the table's order, whatever the order of definition", () => {
  const orders = [
    ["/:a", "/:b<int>", "/:c<uuid>", "/*"],
    ["/*", "/:c<uuid>", "/:b<int>", "/:a"],
  ];
  for (const order of orders) {
    const made = new ParameterTree<string>();
    for (const pattern of order) made.insert(pattern, pattern);
    const values = ["/7", "/x", "/123e4567-e89b-12d3-a456-426614174000", "/x/y"].map(
      (path) => made.find(path, 0, path.length)?.value,
    );
    assert.deepEqual(values, ["/:b<int>", "/:a", "/:c<uuid>", "/*"]);
  }
});

test("ParameterTree goes back from a typed branch that is a dead end", () => {
  const made = new ParameterTree<string>();
  made.insert("/:id<int>/a", "typed");
  made.insert("/:id/b", "plain");
  assert.deepEqual(made.find("/7/b", 0, 4), { value: "plain", params: { id: "7" } });
  assert.deepEqual(made.find("/7/a", 0, 4), { value: "typed", params: { id: 7 } });
  assert.equal(made.find("/x/a", 0, 4), undefined);
});

test("ParameterTree refuses a wildcard that is not last, and a name twice", () => {
  const made = new ParameterTree<number>();
  assert.throws(() => made.insert("/a/*/b", 1), /"\*" must be the last segment/);
  assert.throws(() => made.insert("/:x/:x", 1), /names a parameter twice/);
});

test("ParameterTree searches a hostile path in bounded time", () => {
  const made = new ParameterTree<number>();
  // At each depth a literal and a parameter both fit: without a bound by depth the tries double per segment.
  for (let bits = 0; bits < 256; bits += 1) {
    const segments = Array.from({ length: 8 }, (_, at) => ((bits >> at) & 1 ? "a" : `:p${at}`));
    made.insert(`/${segments.join("/")}/end`, bits);
  }
  const path = `/${"a/".repeat(8)}${"x/".repeat(2000)}`;
  assert.equal(made.find(path, 0, path.length), undefined);
});
