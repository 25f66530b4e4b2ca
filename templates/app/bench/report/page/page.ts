/**
 * A report as one page that needs nothing else: style, script, plots and the report itself are in it, and its policy lets
 * it load nothing. All figures stand in tables, so that it reads without a script; plots are drawn by uPlot.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { contextRows } from "../context-text.ts";
import type { BenchReport } from "../document.ts";
import { meaningTexts } from "../meaning.ts";
import { writeWhole } from "../write-report.ts";
import { Html, html, nothing, scriptJson } from "./html.ts";
import { type Plotter, pageScript, readPlotter } from "./page-script.ts";
import { plotsOf } from "./plots.ts";
import { benchSection, targetsSection } from "./sections.ts";

export function writePage(file: string, report: BenchReport): void {
  writeWhole(file, reportPage(report, readPlotter()));
}

/** `plotter` undefined: a page with all tables that says why it has no plots. */
export function reportPage(report: BenchReport, plotter: Plotter | undefined): string {
  const style = [plotter?.style ?? "", readFileSync(new URL("page.css", import.meta.url), "utf8")].join("\n");
  const scripts = [...(plotter ? [plotter.script] : []), pageScript()];
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyOf(style, scripts)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Bench, ${report.context.runtime}, ${report.context.started_at.slice(0, 10)}</title>
<style>${new Html(style)}</style>
</head>
<body>
${headerOf(report, plotter)}
<main>
${targetsSection(report.targets)}
${report.benches.map((bench) => benchSection(bench, plotter !== undefined))}
<section id="meaning"><h2>What these figures do not mean</h2>${meaningTexts(report).map((text) => html`<p>${text}</p>`)}</section>
</main>
<script type="application/json" id="report">${scriptJson(report)}</script>
<script type="application/json" id="plots">${scriptJson(report.benches.flatMap(plotsOf))}</script>
${scripts.map((script) => html`<script>${new Html(script)}</script>\n`)}</body>
</html>
`;
  return page.text;
}

/** Nothing may be loaded; only this very style and these very scripts may run. uPlot sets styles by script, which is allowed. */
function policyOf(style: string, scripts: readonly string[]): string {
  const hash = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  const rules = [
    "default-src 'none'",
    `style-src ${hash(style)}`,
    `script-src ${scripts.map(hash).join(" ")}`,
    "base-uri 'none'",
    "form-action 'none'",
  ];
  return rules.join("; ");
}

function headerOf(report: BenchReport, plotter: Plotter | undefined): Html {
  const { context, benches, targets, interrupted } = report;
  const links = [...(targets.length === 0 ? [] : ["targets"]), ...benches.map(({ name }) => name)];
  const file = `bench-${context.started_at.replace(/[-:]|\.\d+/g, "")}.json`;
  return html`<header>
<h1>Bench <small>${context.runtime}, ${context.adapter}</small></h1>
<dl>${contextRows(report).map(([name, text]) => html`<dt>${name}</dt><dd>${text}</dd>`)}</dl>
${context.notes.map((note) => html`<p class="warning">${note}</p>`)}
${interrupted ? html`<p class="warning">Ended early: this is what was measured until then.</p>` : nothing}
${plotter ? nothing : html`<p class="warning">There are no plots, because the package uplot is not installed: npm install adds it, and the next bench draws them.</p>`}
<nav>${links.map((name) => html`<a href="#${name}">${name}</a> `)}<button type="button" id="download" data-file="${file}" hidden>Download JSON</button></nav>
</header>`;
}
