/** Compresses the static files beside themselves: `npm run precompress`, after each build of them. */
import process from "node:process";
import { fileURLToPath } from "node:url";
import { loadConfig } from "../../../config/load.ts";
import { ConfigError } from "../../../config/problem.ts";
import { type Precompressed, precompressFolder } from "../precompress-folder.ts";

/** A table of the codings: how many siblings there are and what they save. */
function report(root: string, { files, bytes, byCoding }: Precompressed): string {
  const rows = byCoding.map(({ extension, made, kept, bytes: compressed }) => {
    if (made + kept === 0) return `  ${extension.padEnd(5)} none`;
    return `  ${extension.padEnd(5)} ${made} made, ${kept} up to date, ${compressed} bytes`;
  });
  return [`${root}: ${files} files worth compressing, ${bytes} bytes`, ...rows, ""].join("\n");
}

const directory = fileURLToPath(new URL("../../../..", import.meta.url));
try {
  const { root } = loadConfig({ directory, environment: process.env }).config.static;
  process.stdout.write(report(root, precompressFolder(root)));
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error);
  const what = error instanceof ConfigError ? "The configuration is not valid:\n" : "precompress: static.root: ";
  process.stderr.write(`${what}${reason}\n`);
  process.exitCode = 1;
}
