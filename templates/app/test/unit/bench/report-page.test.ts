import assert from "node:assert/strict";
import { test } from "node:test";
import { forest } from "../../../bench/report/page/forest.ts";
import { html, nothing, scriptJson } from "../../../bench/report/page/html.ts";
import { reportPage } from "../../../bench/report/page/page.ts";
import { pageScript, readPlotter } from "../../../bench/report/page/page-script.ts";
import { plotsOf } from "../../../bench/report/page/plots.ts";
import { benchReport } from "../../fixture/bench-report.ts";

function plotIds(name: string): readonly string[] {
  return benchReport.benches
    .filter((bench) => bench.name === name)
    .flatMap((bench) => plotsOf(bench).map(({ id }) => id));
}

test("html escapes what is put into it, and nothing twice", () => {
  const inner = html`<b>${'a < b & "c"'}</b>`;
  assert.equal(
    html`<p title="${"'"}">${[inner, nothing, 3]}</p>`.text,
    '<p title="&#39;"><b>a &#60; b &#38; &#34;c&#34;</b>3</p>',
  );
});

test("scriptJson() can end no script element, and reads as what it was", () => {
  const value = { title: "</script><!-- <script>" };
  assert.ok(!scriptJson(value).text.includes("<"));
  assert.deepEqual(JSON.parse(scriptJson(value).text), value);
});

test("plotsOf() gives a bench the plots whose figures it has", () => {
  assert.deepEqual(plotIds("http"), [
    "plot-http-offered-latency",
    "plot-http-offered-throughput",
    "plot-http-latency",
    "plot-http-server-rss-bytes",
  ]);
  assert.deepEqual(plotIds("scale"), ["plot-scale-workers"]);
  assert.deepEqual(plotIds("alloc"), ["plot-alloc-front"]);
  assert.deepEqual(plotIds("idle"), ["plot-idle-server-rss-bytes"]);
  assert.deepEqual(plotIds("cache"), []);
});

test("plotsOf() splits memory over time into plots of few lines, and leaves no case out", () => {
  const [bench] = benchReport.benches;
  const first = bench?.cases.find(({ series }) => series.length > 0);
  if (!bench || !first) throw new Error("the fixture has no series");
  // As many as bench http has: seven closed and four open.
  const cases = Array.from({ length: 11 }, (_, place) => ({
    ...first,
    title: `case ${place}`,
    latency: [],
    load: null,
  }));
  const plots = plotsOf({ ...bench, cases });
  assert.deepEqual(
    plots.map(({ id, lines }) => [id, lines.length]),
    [
      ["plot-http-server-rss-bytes", 7],
      ["plot-http-server-rss-bytes-2", 4],
    ],
  );
  assert.deepEqual(
    plots.flatMap(({ lines }) => lines.map(({ label }) => label)),
    cases.map(({ title }) => title),
  );
});

test("forest() calls the ends of fewer than six pairs no interval, and draws none", () => {
  const bench = benchReport.benches.find(({ comparisons }) => comparisons.length > 0);
  const [first] = bench?.comparisons ?? [];
  if (!bench || !first) throw new Error("the fixture has no comparisons");
  const [few, enough] = [5, 6].map((pairs) => forest({ ...bench, comparisons: [{ ...first, pairs }] }).text);
  assert.match(few ?? "", /with fewer than 6 pairs there is no interval/);
  assert.match(few ?? "", /<td class="n">fewer than 6 pairs: no interval<\/td>/);
  assert.doesNotMatch(few ?? "", /at 95 %|class="range"/);
  assert.match(enough ?? "", /intervals at 95 %/);
  assert.match(enough ?? "", /class="range"/);
});

test("plotsOf() puts the ideal line through the first step, and tells the share of it", () => {
  const plot = benchReport.benches.flatMap(plotsOf).find(({ id }) => id === "plot-scale-workers");
  assert.deepEqual(plot?.lines[1]?.points.at(-1), { x: 4, y: 392_000 });
  assert.deepEqual(plot?.table.rows[3], ["4", "360,714", "3.68", "92 %"]);
});

test("plotsOf() marks those allocators that nothing beats in both time and memory", () => {
  const plot = benchReport.benches.flatMap(plotsOf).find(({ id }) => id === "plot-alloc-front");
  assert.deepEqual(
    plot?.table.rows.map((row) => [row[0], row[3]]),
    [
      ["system", ""],
      ["mimalloc 3.5.3", ""],
      ["jemalloc 5.3.0", "yes"],
      ["tcmalloc 4.5.16", "yes"],
    ],
  );
});

test("pageScript() is one piece without imports, whose modules share no name", () => {
  const script = pageScript();
  assert.doesNotMatch(script, /^(import|export) /m);
  const names = [...script.matchAll(/^(?:async )?(?:function|const|let|class) (\w+)/gm)].map((match) => match[1]);
  assert.ok(names.length > 10);
  assert.deepEqual(
    names.filter((name, place) => names.indexOf(name) !== place),
    [],
  );
});

test("reportPage() loads nothing: no address but anchors, and a policy that forbids the rest", () => {
  const page = reportPage(benchReport, readPlotter());
  const markup = page.replace(/<(script|style)[^>]*>[\s\S]*?<\/\1>/g, "");
  const addresses = [...markup.matchAll(/\b(?:src|href|action|data|poster|srcset)="([^"]*)"/g)].map(
    (match) => match[1] ?? "",
  );
  assert.ok(addresses.length > 10);
  assert.deepEqual(
    addresses.filter((address) => !/^#[a-z]+$/.test(address)),
    [],
  );
  assert.match(
    page.replaceAll("&#39;", "'"),
    /content="default-src 'none'; style-src 'sha256-[^"]+; script-src 'sha256-/,
  );
  assert.doesNotMatch(page, /@import|url\(/);
});

test("reportPage() escapes every text of a report", () => {
  const evil = "</script><img src=x onerror=alert(1)>";
  const report = {
    ...benchReport,
    context: { ...benchReport.context, runtime: evil, notes: [evil] },
    benches: benchReport.benches.map((bench) => ({
      ...bench,
      title: evil,
      notes: [evil],
      cases: bench.cases.map((one) => ({ ...one, title: evil, errors: { [evil]: 1 } })),
    })),
    targets: benchReport.targets.map((target) => ({ ...target, title: evil, how: evil })),
  };
  assert.ok(!reportPage(report, readPlotter()).includes("<img"));
});

test("reportPage() without uPlot has all tables open, and says why there are no plots", () => {
  const page = reportPage(benchReport, undefined);
  assert.match(page, /There are no plots, because the package uplot is not installed: npm install adds it/);
  assert.doesNotMatch(page, /<details|class="canvas"/);
  assert.match(page, /<figure id="plot-scale-workers">/);
});
