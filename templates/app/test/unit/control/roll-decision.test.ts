import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Look, RollDecider, type RollMarks, type WorkerLook } from "../../../src/control/roll-decision.ts";

const marks: RollMarks = {
  held: { roll: 1000, shed: 900 },
  heap: { roll: 0.85, shed: 0.8 },
  patienceLooks: 6,
  pauseMsMin: 10_000,
};

function worker(index: number, heapUsedBytes: number, heldBytes = heapUsedBytes): WorkerLook {
  return { worker: index, heapUsedBytes, heapLimitBytes: 100, heldBytes };
}

const calm = [worker(0, 50), worker(1, 40)];

/** Feeds looks half a second apart and tells each decision in a word; replacements succeed at once, in row 2. */
function run(
  readings: readonly (readonly [heldBytes: number, workers: readonly WorkerLook[]])[],
  changes: Partial<RollMarks> = {},
  ended: (decider: RollDecider) => void = (decider) => decider.ended(2),
): string {
  const decider = new RollDecider({ ...marks, ...changes });
  const words = readings.map(([heldBytes, workers], index) => {
    const decision = decider.look({ nowMs: index * 500, heldBytes, canRoll: true, workers } satisfies Look);
    if (decision.act === "roll") ended(decider);
    if (decision.act === "none") return "-";
    return decision.act === "roll" ? `${decision.reason}${decision.worker}` : `report(${decision.pauseMs})`;
  });
  return words.join(" ");
}

function times<T>(count: number, value: T): readonly T[] {
  return Array.from({ length: count }, () => value);
}

describe("RollDecider", () => {
  it("does nothing below the marks", () => {
    assert.equal(run(times(8, [900, calm])), "- - - - - - - -");
  });

  it("takes three looks in a row above a mark, and the worker that holds most", () => {
    const workers = [worker(0, 10, 300), worker(1, 20, 400)];
    assert.equal(
      run([[1001, workers], [1001, workers], [999, workers], ...times(3, [1001, workers] as const)]),
      "- - - - - rss1",
    );
  });

  it("takes more looks above the mark of shedding, which has not helped then", () => {
    assert.equal(run(times(6, [950, calm])), "- - - - - rss0");
    assert.equal(run(times(6, [0, [worker(0, 82), worker(1, 83)]])), "- - - - - heap1");
  });

  it("lays a full heap to its own worker, before the resident size", () => {
    assert.equal(run(times(3, [2000, [worker(0, 90), worker(1, 20, 999)]])), "- - heap0");
  });

  it("knows no heap without a limit", () => {
    assert.equal(run(times(8, [0, [{ ...worker(0, 90), heapLimitBytes: 0 }]])), "- - - - - - - -");
  });

  it("looks at no mark of 0", () => {
    const off = { held: { roll: 0, shed: 0 }, heap: { roll: 0, shed: 0 } };
    assert.equal(run(times(8, [9999, [worker(0, 99)]]), off), "- - - - - - - -");
  });

  it("waits for the pause after a replacement that helped", () => {
    // 1 + 20 looks are the 10 s of the pause.
    const after = [...times(6, [500, calm] as const), ...times(20, [1500, calm] as const)];
    const words = run([...times(3, [1500, calm] as const), ...after]).split(" ");
    assert.deepEqual([words[2], words.indexOf("rss0", 3)], ["rss0", 22]);
  });

  it("doubles the pause while what is held does not fall, says so, and never loops", () => {
    const words = run(times(200, [1500, calm]), { pauseMsMin: 2000 }).split(" ");
    const events = words.flatMap((word, index) => (word === "-" ? [] : [`${index}:${word}`]));
    assert.deepEqual(events, [
      "2:rss0",
      "6:report(4000)",
      "10:rss0",
      "14:report(8000)",
      "26:rss0",
      "30:report(16000)",
      "58:rss0",
      "62:report(32000)",
      "122:rss0",
      "126:report(64000)",
    ]);
  });

  it("comes back to the shortest pause once a replacement helps", () => {
    const readings: (readonly [number, readonly WorkerLook[]])[] = [
      ...times(7, [1500, calm] as const),
      ...times(4, [1500, calm] as const),
      ...times(8, [100, calm] as const),
      ...times(8, [1500, calm] as const),
    ];
    const words = run(readings, { pauseMsMin: 2000 }).split(" ");
    const events = words.flatMap((word, index) => (word === "-" ? [] : [`${index}:${word}`]));
    assert.deepEqual(events, ["2:rss0", "6:report(4000)", "10:rss0", "21:rss0", "25:report(4000)"]);
  });

  it("counts what fell at once as help, however fast a leak goes on", () => {
    const readings: (readonly [number, readonly WorkerLook[]])[] = [
      ...times(3, [1500, calm] as const),
      [800, calm],
      ...times(3, [1500, calm] as const),
    ];
    assert.ok(!run(readings).includes("report"));
  });

  it("takes a new heap that was never below the mark for too small", () => {
    const full = [worker(1, 20), worker(2, 90)];
    assert.equal(
      run([...times(3, [0, [worker(0, 90), worker(1, 20)]] as const), [0, full]]),
      "- - heap0 report(20000)",
    );
    const filling = [worker(1, 20), worker(2, 30)];
    assert.equal(run([...times(3, [0, [worker(0, 90), worker(1, 20)]] as const), [0, filling]]), "- - heap0 -");
  });

  it("takes a replacement that did not start for one that did not help", () => {
    const words = run(times(7, [1500, calm]), {}, (decider) => decider.ended(undefined));
    assert.equal(words, "- - rss0 - - - report(20000)");
  });

  it("decides nothing while a replacement goes on, or none can begin", () => {
    assert.equal(
      run(times(8, [1500, calm]), {}, () => undefined),
      "- - rss0 - - - - -",
    );
    const decider = new RollDecider(marks);
    for (let look = 0; look < 9; look += 1) {
      assert.equal(decider.look({ nowMs: look, heldBytes: 9999, canRoll: false, workers: calm }).act, "none");
    }
  });

  it("counts no look while another replacement or a snapshot goes on", () => {
    const decider = new RollDecider(marks);
    const acts = Array.from({ length: 14 }, (_, look) =>
      decider.look({ nowMs: look * 500, heldBytes: 9999, canRoll: look > 9, workers: [worker(0, 99)] }),
    ).map(({ act }) => act);
    assert.deepEqual(acts.indexOf("roll"), 12);
  });

  it("holds the process to lower marks once less is granted", () => {
    const decider = new RollDecider(marks);
    const look = (nowMs: number) => decider.look({ nowMs, heldBytes: 600, canRoll: true, workers: calm }).act;
    assert.deepEqual([look(0), look(500), look(1000)], ["none", "none", "none"]);
    decider.holdTo({ roll: 500, shed: 450 });
    assert.deepEqual([look(1500), look(2000), look(2500)], ["none", "none", "roll"]);
  });

  it("says whether there was a new worker", () => {
    for (const successor of [undefined, 2]) {
      const decider = new RollDecider(marks);
      const reports = Array.from({ length: 8 }, (_, look) => {
        const decision = decider.look({ nowMs: look * 500, heldBytes: 1500, canRoll: true, workers: calm });
        if (decision.act === "roll") decider.ended(successor);
        return decision.act === "report" ? [decision.hasStarted] : [];
      }).flat();
      assert.deepEqual(reports, [successor !== undefined]);
    }
  });

  it("never waits longer than an hour", () => {
    const words = run(times(20_000, [1500, calm]), { pauseMsMin: 600_000 });
    assert.ok(words.includes("report(3600000)"));
    assert.ok(!/report\((?!1200000|2400000|3600000)/.test(words));
  });
});
