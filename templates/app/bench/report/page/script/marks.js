/** What is drawn over a plot: intervals as bars through their points, and names beside points that have no line. */

import { strokeOf } from "./theme.js";

const CAP_PX = 4;

export function drawMarks(chart, plot, theme) {
  const { ctx } = chart;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.lineWidth = 1.5 * ratio;
  // The plot's own dashes would make an interval look like several.
  ctx.setLineDash([]);
  plot.lines.forEach((line, place) => {
    if (!chart.series[place + 1].show) return;
    ctx.strokeStyle = strokeOf(theme, place);
    ctx.fillStyle = theme.text;
    for (const point of line.points) drawIntervals(chart, point, ratio);
    if (line.style === "dots") drawName(chart, line, theme, ratio);
  });
  ctx.restore();
}

function drawIntervals(chart, { x, y, x_range, y_range }, ratio) {
  const across = (value) => chart.valToPos(value, "x", true);
  const up = (value) => chart.valToPos(value, "y", true);
  const cap = CAP_PX * ratio;
  if (y_range && y_range[0] > 0 && y_range[1] > y_range[0]) {
    const [low, high] = y_range.map(up);
    stroke(chart.ctx, [across(x), low, across(x), high]);
    for (const end of [low, high]) stroke(chart.ctx, [across(x) - cap, end, across(x) + cap, end]);
  }
  if (x_range && x_range[1] > x_range[0]) {
    const [low, high] = x_range.map(across);
    stroke(chart.ctx, [low, up(y), high, up(y)]);
    for (const end of [low, high]) stroke(chart.ctx, [end, up(y) - cap, end, up(y) + cap]);
  }
}

function stroke(ctx, [fromX, fromY, toX, toY]) {
  ctx.beginPath();
  ctx.moveTo(fromX, fromY);
  ctx.lineTo(toX, toY);
  ctx.stroke();
}

/** To the right of its point, or to the left where the plot ends; always clear of the interval's bars. */
function drawName(chart, line, theme, ratio) {
  const { ctx } = chart;
  const [point] = line.points;
  ctx.font = theme.font.replace("12px", `${12 * ratio}px`);
  ctx.textBaseline = "bottom";
  const x = chart.valToPos(point.x, "x", true) + 8 * ratio;
  const y = chart.valToPos(point.y, "y", true) - 6 * ratio;
  const isWide = x + ctx.measureText(line.label).width > chart.bbox.left + chart.bbox.width;
  ctx.textAlign = isWide ? "right" : "left";
  ctx.fillText(line.label, isWide ? x - 16 * ratio : x, y);
}
