import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { OverloadLevel, type Sign } from "../../src/features/overload/level.ts";
import { LevelLog } from "../../src/features/overload/level-log.ts";
import { signsOf } from "../../src/features/overload/signs.ts";
import { overloadMetrics, workerRow, writeRow, zoneBytes } from "../../src/features/overload/state-zone.ts";
import { overload } from "../../src/features/overload.ts";
import type { Logger } from "../../src/log/logger.ts";
import { installed } from "../fixture/services.ts";
import { configWith } from "./reference-config.ts";

const lag: Sign = { name: "lag", mark: 100, calmShare: 0.75, most: 3 };
const inFlight: Sign = { name: "in_flight", mark: 10, calmShare: 0.75, most: 3 };
const memory: Sign = { name: "memory", mark: 1000, calmShare: 0.95, most: 2 };
const heap: Sign = { name: "heap", mark: 80, calmShare: 0.95, most: 3, atOnce: 90 };
const memoryLast: Sign = { name: "memory", mark: 1500, calmShare: 0.95, most: 3 };

/** One probe every 100 ms; the level after each. */
function levels(signs: readonly Sign[], holdMs: number, readings: readonly (readonly number[])[]): string {
  const state = new OverloadLevel(signs, holdMs);
  return readings.map((values, index) => state.step(values, index * 100)).join("");
}

/** The same reading several times. */
function times(count: number, ...values: readonly number[]): readonly (readonly number[])[] {
  return Array.from({ length: count }, () => values);
}

describe("OverloadLevel", () => {
  const rows: readonly (readonly [
    name: string,
    signs: readonly Sign[],
    holdMs: number,
    readings: readonly (readonly number[])[],
    levels: string,
  ])[] = [
    ["stays at 0 up to the mark", [lag], 0, [[0], [99], [100], [0]], "0000"],
    ["rises at once, by one per probe, to 3", [lag], 0, times(5, 101), "12333"],
    [
      "holds between three quarters of the mark and the mark",
      [lag],
      0,
      [[101], ...times(5, 75), ...times(3, 100)],
      "111111111",
    ],
    ["falls below three quarters", [lag], 0, [[101], [101], [74], [74]], "1210"],
    ["waits for the whole hold before each step", [lag], 300, [...times(2, 200), ...times(8, 0)], "1222211100"],
    [
      "begins the hold anew when a sign comes back",
      [lag],
      300,
      [[200], [0], [0], [80], [0], [0], [0], [0]],
      "11111110",
    ],
    ["begins the hold anew after a rise", [lag], 200, [[200], [0], [200], [0], [0], [0], [0], [0]], "11222110"],
    [
      "does not fall while a sign comes and goes",
      [lag],
      500,
      [...times(3, 110), [60], [60], [110], [60], [60], [110]],
      "123333333",
    ],
    [
      "rises for any sign",
      [lag, inFlight],
      0,
      [
        [0, 11],
        [101, 0],
        [0, 0],
      ],
      "121",
    ],
    [
      "falls only when all signs are calm",
      [lag, inFlight],
      0,
      [
        [101, 11],
        [0, 8],
        [0, 7],
      ],
      "110",
    ],
    ["rises for memory to 2 only", [memory, memoryLast], 0, times(4, 1400, 1400), "1222"],
    ["rises for memory to 3 near the end", [memory, memoryLast], 0, times(4, 1501, 1501), "1233"],
    [
      "falls from 3 to 2 while memory stays high",
      [lag, memory, memoryLast],
      0,
      [...times(3, 200, 1100, 1100), ...times(3, 0, 1100, 1100)],
      "123222",
    ],
    ["rises to the end at once where the process's is near", [heap], 0, [[81], [91], [91]], "133"],
    ["does not wait for milder actions", [heap], 0, [[91], [77], [75]], "332"],
    ["falls when memory gave a little back", [memory], 0, [[1001], [951], [949]], "110"],
    ["takes no reading for calm or high", [lag], 0, [[Number.NaN], [101], [Number.NaN]], "011"],
  ];
  for (const [name, signs, holdMs, readings, expected] of rows) {
    it(name, () => assert.equal(levels(signs, holdMs, readings), expected));
  }
});

describe("signsOf()", () => {
  const sources = { inFlight: () => 7, rssBytes: () => 9, heapPercent: () => 60 };

  it("looks at nothing by default", () => {
    assert.deepEqual(signsOf(configWith(""), sources), []);
  });

  it("sets each mark in the unit of its reading", () => {
    const config = configWith(
      "[overload]\nlag_ms_high = 200\nin_flight_percent_high = 90\nmemory_percent_high = 100\nheap_percent_high = 80\n",
    );
    const signs = signsOf(config, sources).map((sign) => [sign.name, sign.mark, sign.most, sign.read(5)]);
    assert.deepEqual(signs, [
      ["lag", 200, 3, 5],
      // 90 % of 1024.
      ["in_flight", 921.6, 3, 7],
      ["memory", 858_993_459, 2, 9],
      // Half-way from 858,993,459 to the limit of 1 GiB.
      ["memory", 966_367_641.5, 3, 9],
      ["heap", 80, 3, 60],
    ]);
  });
});

describe("LevelLog", () => {
  function recorded(): { readonly logger: Logger; readonly lines: string[] } {
    const lines: string[] = [];
    const write = (level: string) => (message: string, fields?: object) => {
      lines.push(`${level} ${message} ${JSON.stringify(fields)}`);
    };
    const logger = { warn: write("warn"), info: write("info") } as unknown as Logger;
    return { logger, lines };
  }

  it("says a change with the sign that is highest above its mark", () => {
    const { logger, lines } = recorded();
    const log = new LevelLog(logger, [lag, inFlight]);
    log.note(0, [0, 0], 0);
    log.note(1, [150, 20], 100);
    log.note(0, [10, 0], 5000);
    assert.deepEqual(lines, [
      'warn overload: closing connections after their answer {"level":1,"before":0,"sign":"in_flight","value":20,"mark":10}',
      'info overload: serving everything again {"level":0,"before":1,"sign":"lag","value":10,"mark":100}',
    ]);
  });

  it("says at most one line per second, and the level that holds then", () => {
    const { logger, lines } = recorded();
    const log = new LevelLog(logger, [lag]);
    for (let probe = 0; probe < 100; probe += 1) log.note(probe % 2 === 0 ? 1 : 2, [150], probe * 100);
    assert.equal(lines.length, 10);
    const quick = recorded();
    const other = new LevelLog(quick.logger, [lag]);
    [1, 2, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3].forEach((level, probe) => {
      other.note(level as 1 | 2 | 3, [150], probe * 100);
    });
    assert.deepEqual(
      quick.lines.map((line) => /"level":(\d),"before":(\d)/.exec(line)?.slice(1).join()),
      ["1,0", "3,1"],
    );
  });
});

describe("overload metrics", () => {
  it("tell the worst worker's level and signs as shares of their marks", () => {
    const zone = new SharedArrayBuffer(zoneBytes(2));
    const rows = [workerRow(zone, 0), workerRow(zone, 1)];
    const signs = [lag, memory, memoryLast];
    writeRow(rows[0] as Float64Array, 1, signs, [150, 500, 500]);
    writeRow(rows[1] as Float64Array, 2, signs, [10, 900, 900]);
    const lines = overloadMetrics(rows)
      .split("\n")
      .filter((line) => !line.startsWith("#"));
    assert.deepEqual(lines, [
      "fastserve_overload_level 2",
      'fastserve_overload_sign{sign="lag"} 1.5',
      'fastserve_overload_sign{sign="in_flight"} 0',
      'fastserve_overload_sign{sign="memory"} 0.9',
      'fastserve_overload_sign{sign="heap"} 0',
      "",
    ]);
  });
});

describe("overload", () => {
  it("adds nothing when it looks at no sign", async () => {
    const { hooks, services } = await installed(overload, configWith(""));
    assert.deepEqual([hooks, services.zone.byteLength], [{}, 0]);
  });

  it("ends its probe with the worker", async () => {
    const { hooks } = await installed(overload, configWith("[overload]\nlag_ms_high = 200\n"));
    assert.ok(hooks.middleware);
    hooks.stop?.();
  });
});
