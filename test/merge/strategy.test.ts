import assert from "node:assert/strict";
import { test } from "node:test";
import { type Strategy, strategyOf, takesMarkers } from "../../src/merge/strategy.ts";

test("strategyOf() goes by the name of the file", () => {
  const rows: readonly (readonly [string, Strategy])[] = [
    ["package.json", "json"],
    ["deno.jsonc", "json"],
    ["deploy/dashboard.JSON", "json"],
    ["fastserve.tuned.toml", "toml"],
    ["compose.yaml", "yaml"],
    [".github/workflows/ci.yml", "yaml"],
    [".env", "env"],
    [".env.example", "env"],
    ["deploy/server.env", "env"],
    [".gitignore", "ignore"],
    ["deploy/.dockerignore", "ignore"],
    [".gitattributes", "ignore"],
    ["src/main.ts", "lines"],
    ["Dockerfile", "lines"],
    ["deploy/nginx.conf", "lines"],
    ["src/environment.ts", "lines"],
    ["json/README.md", "lines"],
  ];
  assert.deepEqual(
    rows.map(([path]) => [path, strategyOf(path)]),
    rows,
  );
});

test("takesMarkers() is true for what people read, and false for whatever a program parses", () => {
  const documents = ["README.md", "docs/limits.txt", "LICENSE", "public/notes.rst"];
  const parsed = [
    "src/main.ts",
    "package.json",
    "fastserve.tuned.toml",
    "compose.yaml",
    "Dockerfile",
    ".gitignore",
    ".env",
    "deploy/nginx.conf",
    "deploy/haproxy.cfg",
    "deploy/server.service",
    "public/robots.txt",
    "requirements.txt",
    "public/index.html",
  ];
  assert.deepEqual(documents.filter(takesMarkers), documents);
  assert.deepEqual(parsed.filter(takesMarkers), []);
});
