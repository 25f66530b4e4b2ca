/**
 * The page's script in one piece. Its modules are plain JavaScript, which a browser runs as it is; joined, their imports of
 * each other fall away. Bound: names are unique over all modules, which a test checks.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

/** What is imported comes before what imports it. */
const modules = ["axes", "theme", "marks", "chart", "main"] as const;

export function pageScript(): string {
  const texts = modules.map((name) => readFileSync(new URL(`script/${name}.js`, import.meta.url), "utf8"));
  return `"use strict";{\n${texts.map(withoutModules).join("\n")}\n}`;
}

function withoutModules(text: string): string {
  return text.replace(/^import [^;]*;\n/gm, "").replace(/^export /gm, "");
}

/** What draws: uPlot, MIT licence, put into the page so that it needs no network. */
export interface Plotter {
  readonly script: string;
  readonly style: string;
}

/** Undefined: not installed, as in a project whose development packages were left out. */
export function readPlotter(): Plotter | undefined {
  const { resolve } = createRequire(import.meta.url);
  try {
    const [script, style] = ["uplot/dist/uPlot.iife.min.js", "uplot/dist/uPlot.min.css"].map((file) =>
      readFileSync(resolve(file), "utf8"),
    );
    return script === undefined || style === undefined ? undefined : { script, style };
  } catch {
    // Whatever the reason, the page says in words that it has no plots.
    return undefined;
  }
}
