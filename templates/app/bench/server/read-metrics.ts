/** The server's own figures, read from its admin listener. */
import { get } from "node:http";

/** Samples of the metrics page by name with labels: `fastserve_cache_requests_total{result="hit"}`. */
export type Metrics = ReadonlyMap<string, number>;

const SCRAPE_MS_MAX = 10_000;

export async function readMetrics(host: string, port: number): Promise<Metrics> {
  return parseMetrics(await textOf(host, port, "/metrics"));
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

/** On a connection of its own that closes at once: the server's end would wait for one that stays open. */
function textOf(host: string, port: number, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get({ host, port, path, agent: false, timeout: SCRAPE_MS_MAX }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("end", () => resolve(text));
      response.on("error", reject);
    });
    request.on("timeout", () => request.destroy(new Error(`${path} was not answered within ${SCRAPE_MS_MAX} ms`)));
    request.on("error", reject);
  });
}
