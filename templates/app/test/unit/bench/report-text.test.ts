import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { numberText, ratioText, scaleOf, spreadText, valueText } from "../../../bench/report/figure-text.ts";
import { intervalBar, reachOf } from "../../../bench/report/interval-bar.ts";
import { placesOf, profileOf } from "../../../bench/report/latency-profile.ts";
import { cpuListText } from "../../../bench/report/meaning.ts";
import { resampled, sparkline } from "../../../bench/report/sparkline.ts";
import { textStyleOf } from "../../../bench/report/text-style.ts";
import { wrappedLines } from "../../../bench/report/wrapped-text.ts";

const values = [
  ["requests_per_second", 98_123.4, "98,123 /s"],
  ["requests_per_second", 1_234_567, "1,234,567 /s"],
  ["latency_p99_us", 812.5, "812.5 µs"],
  ["latency_p99_us", 12_345, "12.35 ms"],
  ["server_rss_bytes", 54_525_952, "52 MiB"],
  ["server_rss_bytes", 55_000_000, "52.5 MiB"],
  ["server_rss_bytes_per_connection", 1434, "1.40 KiB"],
  ["bytes_per_second", 83_000_000, "83 MB/s"],
  ["server_cpu_ns_per_byte", 0.213, "0.21 ns"],
  ["hit_ratio", 0.998, "0.998"],
  ["errors_count", 0, "0"],
] as const;

for (const [name, value, text] of values) {
  test(`valueText() tells ${value} of ${name} as ${text}`, () => assert.equal(valueText(name, value), text));
}

test("scaleOf() gives values below each other the decimals that the largest needs", () => {
  const scale = scaleOf("server_cpu_us_per_request", [8.412, 61.2]);
  assert.deepEqual(
    [8.412, 61.2].map((value) => numberText(value, scale)),
    ["8.41", "61.20"],
  );
  assert.deepEqual(scaleOf("latency_p50_us", [90, 25_000]), { unit: "ms", divisor: 1000, decimals: 2 });
});

test("spreadText() is half of the interval over the median, and nothing for one run", () => {
  assert.equal(spreadText({ median: 200, low: 196, high: 204, runs: [196, 200, 204] }), "±2.0%");
  assert.equal(spreadText({ median: 10, low: 8, high: 12, runs: [8, 10, 12] }), "±20%");
  assert.equal(spreadText({ median: 10, low: 10, high: 10, runs: [10] }), "");
});

test("ratioText() keeps three digits or so", () => {
  assert.deepEqual([0.8734, 1, 2.345, 12.34, 123.4].map(ratioText), ["0.873", "1.000", "2.35", "12.3", "123"]);
});

test("sparkline() draws from its lowest to its highest, and gaps", () => {
  assert.equal(sparkline([0, 1, 2, 3, 4, 5, 6, 7], true), "▁▂▃▄▅▆▇█");
  assert.equal(sparkline([0, Number.NaN, 7], true), "▁ █");
  assert.equal(sparkline([5, 5], true), "▁▁");
  assert.equal(sparkline([0, 7], false), "_#");
  assert.equal(sparkline([5], true, { low: 0, high: 10 }), "▅");
});

test("resampled() gives the mean of each stretch of time", () => {
  const points = [
    [0, 1],
    [1, 3],
    [2, 10],
    [3, 20],
  ] as const;
  assert.deepEqual(resampled(points, 2), [2, 15]);
  assert.deepEqual(resampled([[0, 4]], 2), [4, 4]);
});

test("placesOf() puts each further nine a factor of ten to the right, and the slowest beyond the last", () => {
  const latency = [
    { share: 0, us: 10 },
    { share: 0.5, us: 20 },
    { share: 0.75, us: 40 },
    { share: 1, us: 80 },
  ];
  assert.deepEqual(placesOf(latency), [
    [1, 10],
    [2, 20],
    [4, 40],
    [8, 80],
  ]);
  assert.deepEqual(
    profileOf(latency, 3).map((value) => Math.round(Math.exp(value))),
    [20, 40, 80],
  );
});

test("intervalBar() has 1 in its middle, and its ends where the reach ends", () => {
  const one = { ratio: 2, low: 1.5, high: 4 };
  assert.equal(intervalBar(one, Math.log(4), 9, true), "····│─●·─".replace("●·─", "●──"));
  assert.equal(intervalBar({ ratio: 0.5, low: 0.25, high: 1 }, Math.log(4), 9, false), "--o--....");
  assert.equal(reachOf([one]), Math.log(4));
  assert.equal(reachOf([{ ratio: 1, low: 0.999, high: 1.001 }]), Math.log(1.02));
});

test("wrappedLines() keeps within its columns unless one word alone does not", () => {
  assert.deepEqual(wrappedLines("a bb ccc dddd", 7, "  "), ["  a bb", "  ccc", "  dddd"]);
  assert.deepEqual(wrappedLines("", 10), [""]);
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[a-z]{1,9}$/)), fc.integer({ min: 12, max: 40 }), (words, columns) => {
      const lines = wrappedLines(words.join(" "), columns, "  ");
      assert.ok(lines.every((line) => line.length <= columns));
      assert.deepEqual(
        lines
          .join(" ")
          .split(/\s+/)
          .filter((word) => word !== ""),
        words,
      );
    }),
  );
});

test("cpuListText() writes ranges as the kernel does", () => {
  assert.equal(cpuListText([0, 1, 2, 6]), "0-2,6");
  assert.equal(cpuListText([3]), "3");
});

const utf8 = { LANG: "C.UTF-8" };
const styles = [
  ["a terminal", { isTTY: true, columns: 100 }, utf8, { columns: 100, colour: true, unicode: true }],
  ["a pipe", {}, utf8, { columns: 80, colour: false, unicode: true }],
  [
    "NO_COLOR",
    { isTTY: true, columns: 100 },
    { ...utf8, NO_COLOR: "1" },
    { columns: 100, colour: false, unicode: true },
  ],
  [
    "an empty NO_COLOR",
    { isTTY: true, columns: 90 },
    { ...utf8, NO_COLOR: "" },
    { columns: 90, colour: true, unicode: true },
  ],
  [
    "TERM=dumb",
    { isTTY: true, columns: 100 },
    { ...utf8, TERM: "dumb" },
    { columns: 100, colour: false, unicode: false },
  ],
  ["NO_UNICODE", {}, { ...utf8, NO_UNICODE: "1" }, { columns: 80, colour: false, unicode: false }],
  ["LC_ALL=C over LANG", {}, { ...utf8, LC_ALL: "C" }, { columns: 80, colour: false, unicode: false }],
  ["a narrow one", { isTTY: true, columns: 20 }, utf8, { columns: 72, colour: true, unicode: true }],
  ["a wide one", { isTTY: true, columns: 400 }, utf8, { columns: 140, colour: true, unicode: true }],
] as const;

for (const [name, stream, environment, style] of styles) {
  test(`textStyleOf() suits ${name}`, () => assert.deepEqual(textStyleOf(stream, environment), style));
}
