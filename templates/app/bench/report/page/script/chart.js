/** One plot on a canvas. */

import { axisText, rangeOf, ticksOf, tickText, valueText } from "./axes.js";
import { drawMarks } from "./marks.js";
import { dashOf, strokeOf } from "./theme.js";

const HEIGHT_PX = 320;

export function makeChart(host, plot, theme) {
  const options = {
    width: host.clientWidth,
    height: HEIGHT_PX,
    padding: [12, 14, 0, 0],
    scales: { x: scaleOf(plot.x, xs(plot)), y: scaleOf(plot.y, ys(plot)) },
    axes: [axisOf(plot.x, theme, { size: 32 }), axisOf(plot.y, theme, { size: 64 })],
    series: [
      { label: plot.x.label, value: (_, value) => valueText(plot.x, value) },
      ...plot.lines.map((line, place) => seriesOf(plot, line, place, theme)),
    ],
    cursor: { points: { size: 7 }, drag: { x: false, y: false } },
    legend: { show: plot.lines.every(({ style }) => style !== "dots"), markers: { width: 0, fill: markerFill } },
    hooks: { draw: [(chart) => drawMarks(chart, plot, theme)] },
  };
  return new uPlot(options, dataOf(plot), host);
}

function markerFill(chart, place) {
  return chart.series[place].stroke(chart, place);
}

function xs({ lines }) {
  return lines.flatMap(({ points }) => points.flatMap(({ x, x_range }) => [x, ...(x_range ?? [])]));
}

function ys({ lines }) {
  return lines.flatMap(({ points }) => points.flatMap(({ y, y_range }) => [y, ...(y_range ?? [])]));
}

function scaleOf(axis, values) {
  // A logarithm has no place for 0, which an interval's lower end may be.
  const known = axis.scale === "linear" ? values : values.filter((value) => value > 0);
  const range = rangeOf(axis, Math.min(...known), Math.max(...known));
  return { time: false, distr: axis.scale === "linear" ? 1 : 3, range: () => range };
}

function axisOf(axis, theme, { size }) {
  return {
    label: axisText(axis),
    labelSize: 22,
    labelFont: theme.font,
    font: theme.font,
    stroke: theme.text,
    size,
    space: 48,
    grid: { stroke: theme.grid, width: 1 },
    ticks: { stroke: theme.grid, width: 1, size: 5 },
    values: (_, ticks) => ticks.map((tick) => tickText(axis, tick)),
    ...(axis.whole ? { incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500] } : {}),
    ...(axis.scale === "linear"
      ? {}
      : {
          splits: (_, __, low, high) => ticksOf(axis, low, high),
          filter: (_, ticks) => ticks,
        }),
  };
}

function seriesOf(plot, line, place, theme) {
  const stroke = line.style === "ideal" ? theme.faint : strokeOf(theme, place);
  const marks = line.style === "marks" || line.style === "dots";
  return {
    label: line.label,
    stroke,
    width: line.style === "dots" ? 0 : 2,
    dash: line.style === "ideal" ? [5, 5] : dashOf(place),
    points: { show: marks, size: 8, width: 2, stroke, fill: theme.back },
    spanGaps: true,
    value: (_, value) => valueText(plot.y, value),
  };
}

/** Lines have places of their own; together they are one table with gaps. */
function dataOf({ lines }) {
  return uPlot.join(lines.map(({ points }) => [points.map(({ x }) => x), points.map(({ y }) => y)]));
}
