/**
 * What things cost in memory, per adapter: the measured figures of docs/measurements/memory-costs.json, rounded up.
 * A test compares every row with that file, so a new measurement that exceeds a row fails there.
 */
import type { AdapterName } from "../../templates/app/src/runtime/capabilities.ts";
import { KiB, MiB } from "../lib/units.ts";

export interface MemoryCosts {
  /** Private memory of the process outside its threads' heaps. */
  readonly processBytes: number;
  /** The control plane on a thread of its own, with the configuration schema and the admin listener. */
  readonly controlBytes: number;
  /** Code of the runtime, file-backed: all that becomes resident. */
  readonly codeBytes: number;
  /** The part of it that serving requests touches; the kernel may drop the rest. */
  readonly hotCodeBytes: number;
  /** One data-plane thread without its JavaScript heap: stacks, event loop, compiled code. */
  readonly threadBytes: number;
  /**
   * The smallest heap in which the emitted server with every feature, control plane included, boots and outlives a load (V8).
   * The running server has the same figure for what a small host must grant (control/least-memory.ts).
   */
  readonly heapBytesMin: number;
  readonly httpBytes: number;
  readonly httpsBytes: number;
  /** Not measured for deno-http, which is given Deno.serve's row. */
  readonly webSocketBytes: number;
}

export const memoryCostsOf: Readonly<Record<AdapterName, MemoryCosts>> = {
  bun: {
    processBytes: MiB(2),
    controlBytes: MiB(12),
    codeBytes: MiB(42),
    hotCodeBytes: MiB(2),
    threadBytes: MiB(3),
    heapBytesMin: MiB(8),
    httpBytes: KiB(2),
    httpsBytes: KiB(5),
    webSocketBytes: KiB(2),
  },
  "deno-serve": {
    processBytes: MiB(8),
    controlBytes: MiB(14),
    codeBytes: MiB(52),
    hotCodeBytes: MiB(8),
    threadBytes: MiB(4),
    heapBytesMin: MiB(16),
    httpBytes: KiB(17),
    httpsBytes: KiB(30),
    webSocketBytes: KiB(21),
  },
  "deno-http": {
    processBytes: MiB(8),
    controlBytes: MiB(17),
    codeBytes: MiB(54),
    hotCodeBytes: MiB(8),
    threadBytes: MiB(11),
    heapBytesMin: MiB(17),
    httpBytes: KiB(11),
    httpsBytes: KiB(32),
    webSocketBytes: KiB(21),
  },
};

/** The kernel's objects for one TCP connection on the server's side; 4.0 to 5.1 KiB were measured. */
export const KERNEL_CONNECTION_BYTES = KiB(6);
