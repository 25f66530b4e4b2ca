/**
 * All benches, in the order in which they run. One row a bench; its file says what it measures.
 *
 * Plain `npm run bench` takes what a project has (`suits`): HTTP, idle connections and the start always; WebSockets, static
 * files and the response cache by feature; uploads where the plan made them the work. What takes long or measures no
 * server of this project's kind runs when it is named: sessions, alloc, scale, compare.
 */
import { allocBench } from "./alloc.ts";
import type { Bench } from "./bench.ts";
import { cacheBench } from "./cache.ts";
import { compareBench } from "./compare.ts";
import { httpBench } from "./http.ts";
import { idleBench } from "./idle.ts";
import { scaleBench } from "./scale.ts";
import { sessionsBench } from "./sessions.ts";
import { startBench } from "./start.ts";
import { staticBench } from "./static.ts";
import { uploadBench } from "./upload.ts";
import { wsBench } from "./ws.ts";

export const benches: readonly Bench[] = [
  httpBench,
  wsBench,
  staticBench,
  cacheBench,
  uploadBench,
  idleBench,
  startBench,
  sessionsBench,
  allocBench,
  scaleBench,
  compareBench,
];
