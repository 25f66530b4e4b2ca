// Bundles src/cli/main.ts into dist/create-fastserve.js: one ESM file without dependencies at run time.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../", import.meta.url));
const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));

const result = await build({
  absWorkingDir: root,
  entryPoints: ["src/cli/main.ts"],
  outfile: "dist/create-fastserve.js",
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20",
  // handlebars' main entry compiles with require("fs") for its old extension hook; its module build does not.
  mainFields: ["module", "main"],
  // 42 KiB that only map positions in templates, which nobody debugs here.
  alias: { "source-map": "./scripts/no-source-map.cjs" },
  define: { BUNDLE_VERSION: JSON.stringify(manifest.version) },
  // The licences of the bundled libraries ask for their notices.
  legalComments: "eof",
  // Names stay readable in stack traces that people report; white space is what costs parse time.
  minifyWhitespace: true,
  minifySyntax: true,
  write: false,
  logLevel: "warning",
  // CommonJS libraries inside the bundle call require for Node's own modules.
  banner: {
    js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
  },
});

// Renamed into place: test files that build at the same time never see half a bundle.
const [output] = result.outputFiles;
const partial = new URL(`../dist/.create-fastserve-${process.pid}.js`, import.meta.url);
mkdirSync(new URL("../dist/", import.meta.url), { recursive: true });
writeFileSync(partial, output.contents);
renameSync(partial, new URL("../dist/create-fastserve.js", import.meta.url));
console.log(`dist/create-fastserve.js ${Math.round(output.contents.length / 1024)} KiB`);
