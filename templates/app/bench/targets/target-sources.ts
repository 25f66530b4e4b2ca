/** What targets are judged by: the documents of the benches that ran, and what is known of the plan and its image. */
import type { BenchDocument, BenchName, ReportContext } from "../report/document.ts";

export interface TargetSources {
  readonly benches: readonly BenchDocument[];
  readonly context: Pick<ReportContext, "server_cpus" | "pinning">;
  /** `limits.connections_max` of the plan. */
  readonly connectionsMax: number;
  /** Bytes of the image's layers, compressed; or why they are not known. */
  readonly image: { readonly bytes: number; readonly file: string } | { readonly reason: string };
  /** Why a bench cannot run in this project; undefined: it can. */
  refusalOf(bench: BenchName): string | undefined;
}
