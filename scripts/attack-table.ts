/**
 * Runs the emitted server's attack catalogue on every adapter, alone and behind both proxies, and writes
 * docs/measurements/attack.md: `npx tsx scripts/attack-table.ts`.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { proxyView } from "../src/tree/proxy-view.ts";
import { render } from "../src/tree/render.ts";
import { runtimeVersions } from "../templates/app/src/runtime/capabilities.ts";
import { factsOfCase, planOf, REFERENCE } from "../test/tree/golden-cases.ts";
import { root } from "./test-stages.ts";

const bun = join(root, "node_modules", "bun", "bin", "bun.exe");
const deno = join(root, "node_modules", "deno", "deno");
const denoRun = ["run", "-A", "--unstable-net", "--no-check", "--config"];

const adapters = {
  bun: [bun],
  "deno-serve": [deno, ...denoRun, "deno.json"],
  "deno-http": [deno, ...denoRun, "deno.http.json"],
} as const;

const titles = {
  bun: `Bun.serve, Bun ${runtimeVersions.bun}`,
  "deno-serve": `Deno.serve, Deno ${runtimeVersions.deno}`,
  "deno-http": `node:http, Deno ${runtimeVersions.deno}`,
} as const;

const proxies = { nginx: "nginx.conf", haproxy: "haproxy.cfg" } as const;

type Adapter = keyof typeof adapters;

function attack(adapter: Adapter, ...options: readonly string[]): string {
  const [program, ...rest] = adapters[adapter];
  const { status, stdout, stderr } = spawnSync(program, [...rest, "test/attack/main.ts", ...options], {
    cwd: join(root, "templates", "app"),
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`${adapter} ${options.join(" ")} failed:\n${stdout}${stderr}`);
  return stdout;
}

async function proxyRows(): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), "fastserve-attack-"));
  const plan = await planOf({ runtime: "deno", workload: "api", exposure: "proxy" }, factsOfCase(REFERENCE));
  const rows: string[] = [];
  for (const [proxy, name] of Object.entries(proxies)) {
    const template = readFileSync(join(root, "templates", "text", `${name}.hbs`), "utf8");
    const file = join(folder, name);
    writeFileSync(file, render(name, template, proxyView(plan)));
    for (const adapter of Object.keys(adapters) as Adapter[]) {
      const run = JSON.parse(attack(adapter, "--through", proxy, "--config", file, "--json"));
      rows.push(
        `| ${versionOf(proxy)} | ${titles[adapter]} | ${run.cases} | ${run.forwarded} | ${run.handled} | ${run.desyncs.length} |`,
      );
    }
  }
  rmSync(folder, { recursive: true, force: true });
  return rows;
}

function versionOf(proxy: string): string {
  const { stdout, stderr } = spawnSync(proxy, ["-v"], { encoding: "utf8" });
  return `${proxy} ${/(\d+\.\d+\.\d+)/.exec(`${stdout}${stderr}`)?.[1] ?? "?"}`;
}

const sections = (Object.keys(adapters) as Adapter[]).flatMap((adapter) => [
  `## ${titles[adapter]}`,
  "",
  attack(adapter, "--table"),
]);
const lines = [
  "# The attack catalogue, adapter by adapter",
  "",
  "Made by `scripts/attack-table.ts` from the catalogue that every project has (`npm run test:attack`): malformed, ambiguous and",
  "hostile requests over raw sockets, each with the outcomes that RFC 9110 and 9112 leave. A deviation is what the pinned",
  "runtime does otherwise; a run fails when one appears, changes or goes. The kinds: *desync*: a handler saw a request or a",
  "body that is not there (there is none); *accepted*: what must be refused was served; *refused*: what is valid was not;",
  "*other*: another status than required, or none.",
  "",
  ...sections,
  "## Behind the generated proxy configurations",
  "",
  "The same bytes through a real proxy: what it says it passed on, beside what handlers saw. A request that handlers did not see",
  "was refused by the server itself, or answered without a handler. Out of step: a handler saw what the proxy did not send, or",
  "an answer went to another request.",
  "",
  "| proxy | server | cases | passed on | seen by handlers | out of step |",
  "|---|---|---:|---:|---:|---:|",
  ...(await proxyRows()),
  "",
];
writeFileSync(join(root, "docs", "measurements", "attack.md"), lines.join("\n"));
