import assert from "node:assert/strict";
import { test } from "node:test";
import { HttpError } from "../../../src/http/http-error.ts";
import { ParameterTree } from "../../../src/http/parameter-tree.ts";

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

function find(path: string): readonly [pattern: string, params: Readonly<Record<string, string>>] | undefined {
  const url = `http://host${path}?query`;
  const found = tree().find(url, 11, 11 + path.length);
  return found && [found.value, found.params];
}

const rows: readonly (readonly [
  path: string,
  pattern: string | undefined,
  params?: Readonly<Record<string, string>>,
])[] = [
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

for (const path of ["/users/%", "/users/%f", "/users/%zz", "/users/%ff", "/files/a/%E0%A4%A"]) {
  test(`ParameterTree refuses the malformed encoding in ${path}`, () => {
    assert.throws(
      () => find(path),
      (error) => error instanceof HttpError && error.status === 400 && error.code === "PATH_NOT_DECODABLE",
    );
  });
}

for (const [first, second] of [
  ["/a/:x", "/a/:y"],
  ["/a/*", "/a/*"],
  ["/a/:x/b", "/a/:y/b"],
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
