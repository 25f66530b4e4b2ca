/** The server's own figures, read from its admin listener. */
import { wholeAnswer } from "./whole-answer.ts";

/** Samples of the metrics page by name with labels: `fastserve_cache_requests_total{result="hit"}`. */
export type Metrics = ReadonlyMap<string, number>;

/** A page takes milliseconds; a server that is loaded beyond its limits gets this. */
const SCRAPE_MS_MAX = 10_000;

/** @throws BenchError when there is no whole page in time */
export async function readMetrics(host: string, port: number): Promise<Metrics> {
  const page = await wholeAnswer({ target: { host, port }, method: "GET", path: "/metrics", msMax: SCRAPE_MS_MAX });
  return parseMetrics(page.body.toString());
}

/** `page`: Prometheus' text format. Label values of this server hold no spaces. */
export function parseMetrics(page: string): Metrics {
  const samples = page.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    samples.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ")))]),
  );
}

/** The sum over all labels; undefined: the page has no such metric. */
export function sumOf(metrics: Metrics, name: string): number | undefined {
  const values = [...metrics].filter(([key]) => key === name || key.startsWith(`${name}{`)).map(([, value]) => value);
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0);
}
