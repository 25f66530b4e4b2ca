/** Draws all plots, again when the width or the colours change, and offers the report's own JSON as a file. */

import { makeChart } from "./chart.js";
import { themeOf } from "./theme.js";

const charts = new Map();

function embedded(id) {
  return JSON.parse(document.getElementById(id).textContent);
}

function drawAll(plots) {
  const theme = themeOf();
  for (const plot of plots) {
    const host = document.querySelector(`#${plot.id} .canvas`);
    charts.get(plot.id)?.destroy();
    charts.set(plot.id, makeChart(host, plot, theme));
  }
}

function resizeAll() {
  for (const chart of charts.values()) {
    const width = chart.root.parentElement.clientWidth;
    if (width > 0 && width !== chart.width) chart.setSize({ width, height: chart.height });
  }
}

/** A test asks for it by "#check": how much of each canvas is drawn on. Reading pixels back is slow, so nobody else pays. */
function checkAll() {
  for (const [id, { ctx }] of charts) {
    const { data } = ctx.getImageData(0, 0, ctx.canvas.width, ctx.canvas.height);
    let drawn = 0;
    for (let alpha = 3; alpha < data.length; alpha += 4) if (data[alpha] > 0) drawn += 1;
    document.getElementById(id).dataset.drawn = String(drawn);
  }
}

function offerJson() {
  const button = document.getElementById("download");
  button.hidden = false;
  button.addEventListener("click", () => {
    const text = `${JSON.stringify(embedded("report"), undefined, 2)}\n`;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    link.download = button.dataset.file;
    link.click();
    URL.revokeObjectURL(link.href);
  });
}

offerJson();
if (typeof uPlot !== "undefined") {
  const plots = embedded("plots");
  drawAll(plots);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawAll(plots));
  new ResizeObserver(resizeAll).observe(document.body);
  if (location.hash === "#check") setTimeout(checkAll, 0);
}
