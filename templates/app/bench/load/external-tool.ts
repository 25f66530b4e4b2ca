/** What a load generator of others must tell to be used as one of ours. */
import type { LatencyPoint } from "./latency-histogram.ts";
import type { RequestOrder } from "./order.ts";
import type { Failures } from "./tally.ts";

/** One kind of request in a closed loop: all that such tools have in common. */
export interface ToolOrder {
  readonly url: string;
  readonly request: RequestOrder;
  readonly connections: number;
  readonly pipeline: number;
  readonly seconds: number;
  readonly threads: number;
  /** A folder for files that the tool reads or writes; it goes away afterwards. */
  readonly folder: string;
}

export interface ToolLaunch {
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

export interface ToolCounts {
  /** Answers with the expected status, as far as the tool tells. */
  readonly done: number;
  readonly failures: Failures;
  readonly seconds: number;
  /** Either of them; none where the tool does not tell. */
  readonly latency?: Float64Array;
  readonly quantiles?: readonly LatencyPoint[];
}

export interface ExternalTool {
  readonly command: string;
  /** What of an order it cannot do, a sentence; undefined: it can. */
  refuse(request: RequestOrder, pipeline: number): string | undefined;
  launch(order: ToolOrder): ToolLaunch;
  /** Undefined: this is not what the tool prints when it has measured. */
  read(output: string, order: ToolOrder): ToolCounts | undefined;
  /** What it does not check, a sentence for the report. */
  readonly limit: string;
}

/** The request's headers as the lines that all these tools take. */
export function headerLines({ headers }: RequestOrder): readonly string[] {
  return Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
}

export function hasBody({ body, bodyBytes }: RequestOrder): boolean {
  return body !== null || bodyBytes > 0;
}

/** The body's bytes, for tools that read it from a file. */
export function bodyText({ body, bodyBytes }: RequestOrder): string {
  return body ?? "x".repeat(bodyBytes);
}
