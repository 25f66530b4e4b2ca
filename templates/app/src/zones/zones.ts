/**
 * The zones: all memory that the workers and the control plane share, in one buffer laid out at start-up.
 *
 * Like nginx's shared zones, but between threads. The layout depends on two numbers of the configuration alone, so
 * every thread computes the same one; nothing grows afterwards.
 */
import { counterRowLength } from "./counters.ts";
import { Gauge, gaugeLength } from "./gauge.ts";
import { bucketCount } from "./histogram.ts";
import { memoryRowLength } from "./memory-row.ts";

export interface ZoneShape {
  /** Rows: one per worker, and one for a worker that takes another's place. */
  readonly workers: number;
  /** Latency buckets per power of two. */
  readonly latencySteps: number;
  readonly inFlightMax: number;
  readonly bodiesBytesMax: number;
  readonly socketsMax: number;
}

/** Beats of one worker: the time of its last beat, in ms since the epoch, and the lag of its event loop in ms. */
const beatRowLength = 8;
const gauges = ["inFlight", "bodiesKiB", "sockets"] as const;

/** One worker's view of the zones. */
export interface WorkerZones {
  readonly counters: Float64Array;
  readonly latency: Float64Array;
  readonly beat: Float64Array;
  /** memory-row.ts */
  readonly memory: Float64Array;
  readonly inFlight: Gauge;
  /** In KiB, rounded up per body: 32-bit cells then reach 2 TiB. */
  readonly bodiesKiB: Gauge;
  readonly sockets: Gauge;
}

interface Layout {
  readonly counters: number;
  readonly latency: number;
  readonly beats: number;
  readonly memory: number;
  readonly gauges: number;
  readonly bytes: number;
}

function layoutOf(shape: ZoneShape): Layout {
  const counters = 0;
  const latency = counters + shape.workers * counterRowLength * 8;
  const beats = latency + shape.workers * bucketCount(shape.latencySteps) * 8;
  const memory = beats + shape.workers * beatRowLength * 8;
  const gaugesAt = memory + shape.workers * memoryRowLength * 8;
  const bytes = gaugesAt + gauges.length * gaugeLength(shape.workers) * 4;
  return { counters, latency, beats, memory, gauges: gaugesAt, bytes };
}

/** Bytes of shared memory for this shape. */
export function zoneBytes(shape: ZoneShape): number {
  return layoutOf(shape).bytes;
}

export function createZones(shape: ZoneShape): SharedArrayBuffer {
  return new SharedArrayBuffer(zoneBytes(shape));
}

/** The part of the zones that one worker writes. */
export function workerZones(buffer: SharedArrayBuffer, shape: ZoneShape, worker: number): WorkerZones {
  if (buffer.byteLength !== zoneBytes(shape)) throw new RangeError("the zones do not have this shape");
  if (worker < 0 || worker >= shape.workers) throw new RangeError(`there is no worker ${worker}`);
  const layout = layoutOf(shape);
  const row = (at: number, length: number) => new Float64Array(buffer, at + worker * length * 8, length);
  const cells = (index: number) =>
    new Int32Array(buffer, layout.gauges + index * gaugeLength(shape.workers) * 4, gaugeLength(shape.workers));
  return {
    counters: row(layout.counters, counterRowLength),
    latency: row(layout.latency, bucketCount(shape.latencySteps)),
    beat: row(layout.beats, beatRowLength),
    memory: row(layout.memory, memoryRowLength),
    inFlight: new Gauge(cells(0), worker, shape.inFlightMax),
    bodiesKiB: new Gauge(cells(1), worker, Math.floor(shape.bodiesBytesMax / 1024)),
    sockets: new Gauge(cells(2), worker, shape.socketsMax),
  };
}

/** Sum of one kind of rows over all workers. */
export function sumRows(rows: readonly Float64Array[]): Float64Array {
  const sum = new Float64Array(rows[0]?.length ?? 0);
  for (const row of rows) {
    for (let index = 0; index < sum.length; index += 1) sum[index] = (sum[index] as number) + (row[index] as number);
  }
  return sum;
}

/** How often a worker says that its event loop turns; a stall is told after workers.stall_ms_max. */
export const BEAT_MS = 500;
/** Beat row: when, and how late the timer came. */
export const beatAt = 0;
export const beatLag = 1;
