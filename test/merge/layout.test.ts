import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { inLayoutOf } from "../../src/merge/layout/in-layout-of.ts";
import { asText, laid } from "../../src/merge/layout/layout-tokens.ts";
import { onlyLaidOut } from "../../src/merge/layout/only-laid-out.ts";
import { mergeLines } from "../../src/merge/lines/merge-lines.ts";
import { listFiles, readText } from "../tidy/source-files.ts";

/** Every twelfth file of the server, which is some 25. */
const sources = listFiles("templates/app/src")
  .filter((file) => file.endsWith(".ts"))
  .filter((_, index) => index % 12 === 0);

const FUNCTION = `
/** What the generator adds. */
function added(one: string, two: number): string {
  if (two > 3) {
    return one;
  }
  return \`\${one} and a long tail of text \${two} which goes over the end of the line\`;
}
`;

/** Another name everywhere, and a function at the end. */
function asGeneratedNow(base: string): string {
  const name = /\n\n[\s\S]*?\b([a-z]+[A-Z]\w+)\b/.exec(base)?.[1];
  const renamed = name === undefined ? base : base.replaceAll(new RegExp(`\\b${name}\\b`, "g"), `${name}Now`);
  return `${renamed}${FUNCTION}`;
}

/** At the beginning, where `asGeneratedNow` changes nothing. */
function asEdited(text: string): string {
  return `// An edit of the user.\nexport const mine = ["an", "edit", "of", "the", "user"];\n\n${text}`;
}

const styles: readonly (readonly string[])[] = [
  ["--indent-style=space", "--indent-width=4", "--line-width=80"],
  [
    "--indent-style=tab",
    "--line-width=100",
    "--javascript-formatter-quote-style=single",
    "--semicolons=as-needed",
    "--trailing-commas=none",
    "--arrow-parentheses=as-needed",
  ],
];

for (const style of styles) {
  test(`mergeLines() takes a file that the formatter ran over for unedited (${style.slice(0, 2).join(" ")})`, () => {
    const folder = mkdtempSync(path.join(tmpdir(), "layout-"));
    try {
      const bases = sources.map(readText);
      const locals = formatted(folder, style, bases.map(asEdited));
      const merges = bases.map((base, index) => {
        const versions = { base, local: locals[index] ?? "", next: asGeneratedNow(base) };
        return mergeLines("src/file.ts", versions);
      });
      assert.deepEqual(
        merges.flatMap(({ clashes }, index) => (clashes.length === 0 ? [] : [sources[index]])),
        [],
      );
      const wanted = formatted(
        folder,
        style,
        bases.map((base) => asEdited(asGeneratedNow(base))),
      );
      const merged = formatted(
        folder,
        style,
        merges.map(({ text }) => text),
      );
      assert.deepEqual(merged, wanted);
      // The user's layout stays: few lines beside the new ones are not as the formatter has them already.
      const added = merges.flatMap(({ text }, index) => linesNotIn(text, wanted[index] ?? ""));
      assert.ok(added.length < sources.length * 8, `${added.length} lines in another layout`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}

function formatted(folder: string, style: readonly string[], texts: readonly string[]): readonly string[] {
  rmSync(folder, { recursive: true });
  mkdirSync(folder);
  const files = texts.map((_, index) => path.join(folder, `file-${index}.ts`));
  for (const [index, file] of files.entries()) writeFileSync(file, texts[index] ?? "");
  const biome = path.resolve("node_modules/.bin/biome");
  execFileSync(biome, ["format", "--write", ...style, "."], { cwd: folder, stdio: "pipe" });
  return files.map((file) => readFileSync(file, "utf8"));
}

function linesNotIn(text: string, other: string): readonly string[] {
  const known = new Set(other.split("\n"));
  return text.split("\n").filter((line) => !known.has(line));
}

test("mergeLines() takes both brackets of a formatter or none, where the generator changes what stands in them", () => {
  const base = "function f() {\n  return first && second;\n}\n\nconst x = 1;\n";
  const local =
    "function f() {\n    return (\n        first &&\n        second\n    );\n}\n\nconst x = 1;\nconst mine = 1;\n";
  const next = "function f() {\n  return other && second;\n}\n\nconst x = 1;\n";
  const merged = mergeLines("src/main.ts", { base, local, next });
  assert.deepEqual(merged.clashes, []);
  assert.equal(
    merged.text,
    "function f() {\n    return other &&\n        second;\n}\n\nconst x = 1;\nconst mine = 1;\n",
  );
});

test("mergeLines() takes the bar before the first of several types for layout", () => {
  const base = 'interface A {\n  readonly a: "x" | "y";\n}\n';
  const local = 'interface A {\n  readonly a:\n    | "x"\n    | "y";\n}\n';
  const merged = mergeLines("src/main.ts", { base, local, next: base.replace('"y"', '"y" | "z"').replace("a:", "b:") });
  assert.deepEqual(merged.clashes, []);
  assert.equal(merged.text, 'interface A {\n  readonly b:\n    | "x"\n    | "y" | "z";\n}\n');
});

test("mergeLines() breaks a list as the formatter broke it, though its first name is another one", () => {
  const local = "export const list = [\n\tfirst,\n\tsecond,\n\tthird,\n]\n";
  const base = "export const list = [\n  first,\n  second,\n  third,\n];\n";
  const merged = mergeLines("src/main.ts", { base, local, next: "export const list = [new, third];\n" });
  assert.equal(merged.text, "export const list = [\n\tnew,\n\tthird,\n]\n");
  // The base has no indentation to tell the generator's step from.
  const back = mergeLines("src/main.ts", {
    base: "export const list = [new, third];\n",
    local: merged.text,
    next: base,
  });
  assert.equal(back.text, local);
});

test("onlyLaidOut() tells a formatter's work from a person's", () => {
  const rows: readonly (readonly [string, string, string, boolean])[] = [
    ["a.ts", "f(a, b);\n", "f(\n  a,\n  b,\n)\n", true],
    ["a.ts", "f(a, b);\n", "f(a, c);\n", false],
    ["a.ts", 'f("a b");\n', "f('a b')\n", true],
    ["a.ts", 'f("a b");\n', 'f("a  b");\n', false],
    ["README.md", "one two\n", "one\ntwo\n", true],
    ["deploy/nginx.conf", "a b;\nc;\n", "\ta  b;\n\n\tc;\n", true],
    ["deploy/nginx.conf", "a b;\nc;\n", "a b; c;\n", false],
    ["Makefile", "a:\n\tb\n", "a:\n  b\n", false],
    ["Makefile", "a:\n\tb\n", "a:\n\tb\n", true],
  ];
  assert.deepEqual(
    rows.map(([path, base, local]) => [path, base, local, onlyLaidOut(path, base, local)]),
    rows,
  );
});

test("mergeLines() keeps the width of a document that was wrapped again, and adds the new sentence", () => {
  const base = "# Title\n\nOne long line of text that says what the server does.\n\n- first\n- second\n";
  const local = "# Title\n\nOne long line of text\nthat says what the server does.\n\n* first\n* second\n";
  const next =
    "# Title\n\nOne long line of text that says what the server really does.\n\n- first\n- second\n- third\n";
  const merged = mergeLines("README.md", { base, local, next });
  assert.deepEqual(merged.clashes, []);
  assert.equal(
    merged.text,
    "# Title\n\nOne long line of text\nthat says what the server really does.\n\n* first\n* second\n- third\n",
  );
});

test("mergeLines() keeps the indentation of a configuration file, and brings new lines to its step", () => {
  const base = "http {\n  server {\n    listen 80;\n    gzip on;\n  }\n}\n";
  const local = "http {\n\tserver {\n\t\tlisten   80;\n\n\t\tgzip on;\n\t}\n}\n";
  const next = "http {\n  server {\n    listen 80;\n    gzip off;\n    location / {\n      deny all;\n    }\n  }\n}\n";
  const merged = mergeLines("deploy/nginx.conf", { base, local, next });
  assert.deepEqual(merged.clashes, []);
  assert.equal(
    merged.text,
    "http {\n\tserver {\n\t\tlisten   80;\n\n\t\tgzip off;\n\t\tlocation / {\n\t\t\tdeny all;\n\t\t}\n\t}\n}\n",
  );
});

test("mergeLines() takes blanks as meant where the format is unknown, and inside of strings", () => {
  const makefile = mergeLines("Makefile", { base: "a:\n  b\n", local: "a:\n\tb\n", next: "a:\n  c\n" });
  assert.deepEqual(
    makefile.clashes.map(({ mine }) => mine),
    ["\tb\n"],
  );
  const text = mergeLines("src/main.ts", { base: 'f("a  b");\n', local: 'f("a b");\n', next: 'g("a  b");\n' });
  assert.deepEqual(
    text.clashes.map(({ mine }) => mine),
    ['f("a b");\n'],
  );
});

test("mergeLines() keeps the user's layout where both sides say the same in different ones", () => {
  const base = "const a = 1;\n";
  const local = "const a = 1;\nconst b = [\n  'x',\n  'y',\n];\n";
  const merged = mergeLines("src/main.ts", { base, local, next: `${base}const b = ["x", "y"];\n` });
  assert.deepEqual(merged.clashes, []);
  assert.equal(merged.text, local);
});

test("laid() prints back any text of this repository, and so does its code", () => {
  const files = listFiles().filter((file) => /\.(?:ts|mjs|js|md|toml|hbs)$/.test(file) && !file.includes("golden/"));
  for (const file of files.filter((_, index) => index % 5 === 0)) {
    const text = readText(file);
    for (const kind of ["code", "prose", "lines"] as const) {
      assert.equal(asText(laid(text, kind)), text, `${file} as ${kind}`);
    }
  }
});

test("onlyLaidOut() takes for an edit what a formatter would not do", () => {
  const rows: readonly (readonly [string, string, string])[] = [
    ["a.ts", "f((x) => (a, b));\n", "f((x) => a, b);\n"],
    ["a.ts", "const f = () => (a ?? b)\n  as B;\n", "const f = () => a ?? b as B;\n"],
    ["a.ts", "f([a,,]);\n", "f([a,]);\n"],
    ["a.ts", "for (;x;) f();\n", "for (;;x) f();\n"],
    ["a.ts", "while (f()); g();\n", "while (f()) g();\n"],
    ["a.tsx", "<p>a b</p>\n", "<p>a  b;</p>\n"],
    ["index.html", "<pre>\n  a\n</pre>\n", "<pre>\na\n</pre>\n"],
    ["robots.txt", "a\nb\n", "a b\n"],
    ["nginx.conf", 'add_header X "a b";\n', 'add_header X "a  b";\n'],
    ["README.md", "```diff\n- a\n```\n", "```diff\n+ a\n```\n"],
    ["README.md", "```yaml\na:\n  b: 1\n```\n", "```yaml\na:\nb: 1\n```\n"],
  ];
  assert.deepEqual(
    rows.filter(([path, base, local]) => onlyLaidOut(path, base, local)),
    [],
  );
});

test("inLayoutOf() takes away no semicolon that means something, and adds no line break that does", () => {
  const rows: readonly (readonly [string, string, string])[] = [
    [
      "for (\n  let i = 0;\n  i < n;\n  i++\n) f(i);\n",
      "const a = 1\n",
      "for (\n  let i = 0;\n  i < n;\n  i++\n) f(i)\n",
    ],
    ["while (f());\ng();\n", "const a = 1\n", "while (f());\ng()\n"],
    ["class A {\n  a = b;\n  *c() {}\n}\n", "const x = 1\n", "class A {\n  a = b;\n  *c() {}\n}\n"],
    ["return foo();\n", "yield\n  foo();\n", "return foo();\n"],
  ];
  for (const [own, model, expected] of rows) assert.equal(inLayoutOf(laid(own, "code"), model, "code"), expected);
});

test("mergeLines() takes blanks for meant in a template string that begins above what both changed", () => {
  const base = "const t = `a\n  b\n`;\nf();\n";
  const merged = mergeLines("a.ts", {
    base,
    local: "const t = `a\n  b\n`\nf(1)\n",
    next: base.replace("  b", "    b"),
  });
  assert.deepEqual(merged.clashes, []);
  assert.equal(merged.text, "const t = `a\n    b\n`\nf(1)\n");
});

test("laid() takes texts with what is never closed in a sensible time", () => {
  const start = performance.now();
  for (const text of ["/* ".repeat(20_000), "`${".repeat(10_000), "=> (".repeat(10_000) + ")".repeat(10_000)]) {
    assert.equal(asText(laid(text, "code")), text);
  }
  const fences = "```a b\n~~~\n".repeat(5000);
  assert.equal(asText(laid(fences, "prose")), fences);
  assert.ok(performance.now() - start < 2000);
});
