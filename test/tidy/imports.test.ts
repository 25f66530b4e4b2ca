/** Who may import whom. Each rule prints why it exists, so that whoever meets it can judge it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { importsOf, listFiles, readText, runtimeClosure } from "./source-files.ts";

/** For each stage of the generator, the stages whose code it may use at run time. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  lib: [],
  io: ["lib"],
  answers: ["lib"],
  facts: ["lib"],
  plan: ["lib", "answers", "facts"],
  tree: ["lib", "plan", "answers", "facts"],
  drift: ["lib", "plan", "tree", "answers", "facts"],
  merge: ["lib"],
  write: ["lib", "tree", "merge", "io"],
  finish: ["lib", "answers", "io"],
  doctor: ["lib", "answers", "plan", "tree", "drift", "merge", "write", "finish", "io"],
  cli: ["lib", "answers", "facts", "plan", "tree", "drift", "merge", "write", "finish", "doctor", "io"],
};

const sources = listFiles("src").filter((path) => path.endsWith(".ts"));
const app = listFiles("templates/app/src").filter((path) => path.endsWith(".ts"));

function stageOf(path: string): string {
  return path.split("/")[1] ?? "";
}

test("src/ imports run one way, so that a stage can be understood without the later ones", () => {
  const wrong = sources.flatMap((path) =>
    importsOf(path)
      .filter(({ to, typeOnly }) => to.startsWith("src/") && !typeOnly && stageOf(to) !== stageOf(path))
      .filter(({ to }) => !allowed[stageOf(path)]?.includes(stageOf(to)))
      .map(({ line, to }) => `${path}:${line} imports ${to}`),
  );
  assert.deepEqual(wrong, []);
});

test("src/ types run one way too, except the ports that anybody may name", () => {
  const wrong = sources.flatMap((path) =>
    importsOf(path)
      .filter(({ to, typeOnly }) => to.startsWith("src/") && typeOnly && stageOf(to) !== stageOf(path))
      // A port may stand with the stage that needs it; io/ implements it.
      .filter(
        ({ to }) =>
          !to.startsWith("src/io/") && stageOf(path) !== "io" && !allowed[stageOf(path)]?.includes(stageOf(to)),
      )
      .map(({ line, to }) => `${path}:${line} imports type ${to}`),
  );
  assert.deepEqual(wrong, []);
});

test("io/node is used by the command line only, because everything else must run against a port", () => {
  const wrong = sources
    .filter((path) => !path.startsWith("src/cli/") && !path.startsWith("src/io/"))
    .flatMap((path) =>
      importsOf(path).filter(({ to, typeOnly }) => to.startsWith("src/io/") && !typeOnly && to !== "src/io/ports.ts"),
    )
    .map(({ from, to }) => `${from} imports ${to}`);
  assert.deepEqual(wrong, []);
});

test("plan/, tree/ and drift/ are pure: no disk, clock, environment or randomness, so equal inputs give equal files", () => {
  const impure = /\bfrom "node:|(?<![\w-])process\.|\bDate\.now\b|\bnew Date\b|\bMath\.random\b|\bperformance\.now\b/;
  const wrong = sources
    .filter((path) => /^src\/(plan|tree|drift)\//.test(path))
    .filter((path) => impure.test(withoutComments(readText(path))));
  assert.deepEqual(wrong, []);
});

test("no file imports itself through others: a cycle has no first file to read", () => {
  const cycles = [...sources, ...app].filter((path) =>
    importsOf(path).some(({ to, typeOnly }) => !typeOnly && to.endsWith(".ts") && to !== path && reaches(to, path)),
  );
  assert.deepEqual(cycles, []);
});

function reaches(from: string, target: string): boolean {
  return listFiles().includes(from) && runtimeClosure(from).files.has(target);
}

test("features never import each other, so that any subset of them is a whole server", () => {
  const wrong = app
    .filter((path) => path.includes("/features/"))
    .flatMap(importsOf)
    .filter(({ from, to }) => to.includes("/features/") && featureOf(from) !== featureOf(to))
    .map(({ from, to }) => `${from} imports ${to}`);
  assert.deepEqual(wrong, []);
});

/** "rate-limit" of ".../features/rate-limit.ts" and of ".../features/rate-limit/limit.ts". */
function featureOf(path: string): string {
  return path.replace(/^.*\/features\//, "").replace(/[/.].*$/, "");
}

test("only wiring names a concrete adapter or a feature, so that choosing is done in one place", () => {
  const concrete = /\/runtime\/(bun|deno-serve|deno-http|deno-process|native-[\w-]+|node-[\w-]+)\.ts$|\/features\//;
  const wrong = app
    .filter(
      (path) => !/\/wiring(\.[\w-]+)?\.ts$/.test(path) && !path.includes("/runtime/") && !path.includes("/features/"),
    )
    .flatMap(importsOf)
    .filter(({ to }) => concrete.test(to))
    .map(({ from, to }) => `${from} imports ${to}`);
  assert.deepEqual(wrong, []);
});

test("the globals Bun and Deno appear in src/runtime/ only, so that a difference has one place", () => {
  const wrong = app
    .filter((path) => !path.includes("/runtime/"))
    .filter((path) => /(?<![\w."'`])(Bun|Deno)\s*[.[(]/.test(withoutComments(readText(path))));
  assert.deepEqual(wrong, []);
});

test("a worker loads neither zod nor the configuration reader: it gets plain data from the control plane", () => {
  const { files, packages } = runtimeClosure("templates/app/src/worker.ts");
  assert.equal(packages.has("zod"), false);
  assert.deepEqual(
    [...files].filter((path) => path.includes("/config/")),
    [],
  );
});

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
}
