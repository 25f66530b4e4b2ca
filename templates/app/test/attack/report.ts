/** What a run of the catalogue prints: for people, for documents, and for programs. */
import type { AdapterName } from "../../src/runtime/capabilities.ts";
import { attackClasses } from "./attack-case.ts";
import { catalogue } from "./catalogue.ts";
import { deviations } from "./deviations.ts";
import type { Finding } from "./run-catalogue.ts";
import type { Passage } from "./through-proxy.ts";

/** The failures, and one line that counts. */
export function summary(findings: readonly Finding[], adapter: AdapterName): string {
  const failures = findings.flatMap(({ attack, problem }) =>
    problem === undefined ? [] : [`FAILED ${attack.id} (${attack.title}): ${problem}\n`],
  );
  const deviating = findings.filter(({ severity }) => severity !== undefined).length;
  const desyncs = findings.filter(({ severity }) => severity === "desync").length;
  const counts = `${findings.length} cases, ${findings.length - deviating} as expected, ${deviating} deviations of the runtime`;
  return `${failures.join("")}${adapter}: ${counts}, ${desyncs} of them a desync; ${failures.length} failed.\n`;
}

/** Counts per class, and every deviation with its meaning. */
export function attackTable(findings: readonly Finding[], adapter: AdapterName): string {
  const byId = new Map(findings.map((finding) => [finding.attack.id, finding]));
  const classes = attackClasses.flatMap((name) => {
    const mine = catalogue[name].flatMap(({ id }) => byId.get(id) ?? []);
    const deviating = mine.filter(({ severity }) => severity !== undefined).length;
    return mine.length === 0 ? [] : [`| ${name} | ${mine.length} | ${mine.length - deviating} | ${deviating} |`];
  });
  const rows = findings
    .filter(({ severity }) => severity !== undefined)
    .map(({ attack, outcome, severity }) => {
      const why = deviations[adapter][attack.id]?.why ?? "not stated yet";
      return `| \`${attack.id}\` | ${cell(attack.title)} | ${severity} | ${cell(outcome)} | ${cell(why)} |`;
    });
  return [
    "| class | cases | as expected | deviations |",
    "|---|---:|---:|---:|",
    ...classes,
    "",
    "| case | what is sent | kind | what happens | what it means |",
    "|---|---|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}

/** Every case with its outcome, for programs. */
export function attackJson(findings: readonly Finding[], adapter: AdapterName): string {
  const cases = findings.map(({ attack, outcome, severity, problem }) => ({
    id: attack.id,
    outcome,
    severity: severity ?? "none",
    problem: problem ?? "",
  }));
  return `${JSON.stringify({ adapter, cases }, undefined, 2)}\n`;
}

/** The failures, and one line that counts. */
export function passageSummary(passages: readonly Passage[], adapter: AdapterName, proxy: string): string {
  const failures = passages.flatMap(({ attack, problem }) =>
    problem === undefined ? [] : [`FAILED ${attack.id} (${attack.title}): ${problem}\n`],
  );
  const { forwarded, handled } = totals(passages);
  const counts = `${passages.length} cases, ${forwarded} requests passed on by ${proxy}, ${handled} seen by handlers`;
  return `${failures.join("")}${adapter} behind ${proxy}: ${counts}, ${failures.length} out of step.\n`;
}

/** The counts, for programs. */
export function passageJson(passages: readonly Passage[], adapter: AdapterName, proxy: string): string {
  const desyncs = passages.flatMap(({ attack, problem }) =>
    problem === undefined ? [] : [{ id: attack.id, problem }],
  );
  return `${JSON.stringify({ adapter, proxy, cases: passages.length, ...totals(passages), desyncs }, undefined, 2)}\n`;
}

function totals(passages: readonly Passage[]): { readonly forwarded: number; readonly handled: number } {
  return {
    forwarded: passages.reduce((sum, { forwarded }) => sum + forwarded, 0),
    handled: passages.reduce((sum, { handled }) => sum + handled, 0),
  };
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll(/\s+/g, " ");
}
