/** Families of metrics in Prometheus' text format. Every label has a fixed, small set of values. */

/** Labels with their braces, or "" for none, and the value. */
export type Samples = readonly (readonly [labels: string, value: number])[];

/** One family; "" when it has no samples, because promtool takes a family without any for a mistake. */
export function metric(name: string, type: "counter" | "gauge", help: string, samples: Samples): string {
  if (samples.length === 0) return "";
  const lines = samples.map(([labelText, value]) => `${name}${labelText} ${value}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join("")}`;
}

export function labels(values: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(values).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return `{${pairs.join(",")}}`;
}

function escapeLabel(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
