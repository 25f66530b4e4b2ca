/** The parts of the page: tables with all figures, in words and numbers; plots stand beside their own tables. */
import { missingTexts } from "../case-rows.ts";
import type { BenchDocument, CaseDocument, TargetRow } from "../document.ts";
import { type FigureName, figureTable } from "../figure-table.ts";
import { numberText, ratioText, scaleOf, spreadText } from "../figure-text.ts";
import { limitNotes } from "../meaning.ts";
import { boundText, measuredText, verdictMarks } from "../target-rows.ts";
import { loadText } from "../terminal.ts";
import { forest } from "./forest.ts";
import { type Html, html, nothing } from "./html.ts";
import { anchorOf, type Plot } from "./plot.ts";
import { plotsOf } from "./plots.ts";

export function targetsSection(targets: readonly TargetRow[]): Html {
  if (targets.length === 0) return nothing;
  const counts = Map.groupBy(targets, ({ verdict }) => verdict);
  const summary = [...counts].map(([verdict, rows]) => `${rows.length} ${verdict}`).join(", ");
  return html`<section id="targets"><h2>Targets <small>${summary}</small></h2>
<div class="scroll"><table class="targets">
<thead><tr><th></th><th>verdict</th><th class="n">measured</th><th class="n">target</th><th class="n">ratio</th><th>how</th></tr></thead>
<tbody>${targets.map(
    (row) => html`<tr><th>${row.title}</th>
<td class="${anchorOf(row.verdict)} verdict">${verdictMarks[row.verdict]} ${row.verdict}</td>
<td class="n">${measuredText(row)}</td><td class="n">${boundText(row)}</td>
<td class="n">${row.ratio === null ? "" : ratioText(row.ratio)}</td>
<td class="why">${row.how}${row.scaled === null ? "" : `; scaled: ${row.scaled}`}</td></tr>
`,
  )}</tbody></table></div></section>
`;
}

export function benchSection(bench: BenchDocument, withPlots: boolean): Html {
  const head = html`<h2><a href="#${bench.name}">${bench.title}</a> <small>bench:${bench.name}</small></h2>`;
  const notes = bench.notes.map((note) => html`<p class="note">${note}</p>`);
  if (bench.refused !== null) {
    return html`<section id="${bench.name}">${head}<p class="refused">Did not run: ${bench.refused}</p>${notes}</section>\n`;
  }
  return html`<section id="${bench.name}">${head}
<p class="caption">${loadText(bench.cases)}</p>
${bench.cases.length === 0 ? html`<p class="refused">Nothing was measured.</p>` : casesTable(bench.cases)}
${forest(bench)}
${withPlots ? html`<div class="plots">${plotsOf(bench).map(plotBlock)}</div>` : plotsOf(bench).map(plotTable)}
${notes}</section>
`;
}

function casesTable(cases: readonly CaseDocument[]): Html {
  const all = Object.keys(figureTable) as FigureName[];
  const names = all.filter((name) => name !== "errors_count" && cases.some(({ figures }) => figures[name]));
  const scales = names.map((name) =>
    scaleOf(
      name,
      cases.flatMap(({ figures }) => figures[name]?.median ?? []),
    ),
  );
  const row = (
    one: CaseDocument,
  ) => html`<tr><th>${one.title}<small>${one.id}</small>${limitOf(one)}${errorsOf(one)}</th>
${names.map((name, place) => {
  const estimate = one.figures[name];
  const scale = scales[place];
  if (!estimate || !scale) return html`<td class="n">${one.missing[name] === undefined ? "" : "–"}</td>`;
  return html`<td class="n">${numberText(estimate.median, scale)}<small>${spreadText(estimate)}</small></td>`;
})}</tr>
`;
  return html`<div class="scroll"><table class="cases"><thead><tr><th></th>
${names.map((name, place) => html`<th class="n">${figureTable[name].label}<small>${scales[place]?.unit ?? ""}</small></th>`)}</tr></thead>
<tbody>${cases.map(row)}</tbody></table></div>
${[...limitNotes(cases), ...missingTexts(cases)].map((text) => html`<p class="note">${text}</p>`)}`;
}

function limitOf({ limited_by: limit }: CaseDocument): Html {
  if (limit === null) return nothing;
  return html`<small class="${limit === "generator" ? "missed" : ""}">limited by ${limit}</small>`;
}

function errorsOf({ errors }: CaseDocument): Html {
  const kinds = Object.entries(errors).filter(([, count]) => count > 0);
  if (kinds.length === 0) return nothing;
  return html`<span class="errors">✗ errors: ${kinds.map(([kind, count]) => `${kind} ${count}`).join(", ")}; not to be trusted</span>`;
}

function plotBlock(plot: Plot): Html {
  return html`<figure id="${plot.id}"><h3>${plot.title}</h3><figcaption>${plot.caption}</figcaption><div class="canvas"></div>
<details><summary>figures</summary>${tableOf(plot)}</details></figure>
`;
}

/** Without plots their tables stand open. */
function plotTable(plot: Plot): Html {
  return html`<figure id="${plot.id}"><h3>${plot.title}</h3>${tableOf(plot)}</figure>
`;
}

function tableOf({ table }: Plot): Html {
  return html`<div class="scroll"><table class="values"><thead><tr>${table.head.map((text, place) => html`<th class="${place === 0 ? "" : "n"}">${text}</th>`)}</tr></thead>
<tbody>${table.rows.map((row) => html`<tr>${row.map((cell, place) => (place === 0 ? html`<th>${cell}</th>` : html`<td class="n">${cell}</td>`))}</tr>\n`)}</tbody></table></div>`;
}
