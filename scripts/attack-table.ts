/**
 * Runs the emitted server's attack catalogue on every adapter, alone and behind both proxies, and writes
 * docs/measurements/attack.md: `npx tsx scripts/attack-table.ts`.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import process from "node:process";
import type { Plan } from "../src/plan/plan.ts";
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

/** One run takes 5 to 30 s on a calm machine of two cores; one that hangs must end with a reason. */
const RUN_MS_MAX = 180_000;

/** @throws Error that says what failed and how: a deviation that nobody stated is a failure too */
function attack(adapter: Adapter, ...options: readonly string[]): string {
  const what = [adapter, ...options.map((word) => (word.startsWith("/") ? basename(word) : word))].join(" ");
  process.stderr.write(`${what} ... `);
  const startedMs = Date.now();
  const [program, ...rest] = adapters[adapter];
  const { error, signal, status, stdout, stderr } = spawnSync(program, [...rest, "test/attack/main.ts", ...options], {
    cwd: join(root, "templates", "app"),
    encoding: "utf8",
    timeout: RUN_MS_MAX,
    killSignal: "SIGKILL",
  });
  process.stderr.write(`${status === 0 ? "ok" : "failed"} in ${Math.round((Date.now() - startedMs) / 1000)} s\n`);
  if (status === 0) return stdout;
  const why = signal ? `it was ended after ${RUN_MS_MAX / 1000} s` : (error?.message ?? `it ended with ${status}`);
  throw new Error(`${what}: ${why}\n${stdout}${stderr}`);
}

async function proxyRows(): Promise<string[]> {
  const plan = await planOf({ runtime: "deno", workload: "api", exposure: "proxy" }, factsOfCase(REFERENCE));
  const folder = mkdtempSync(join(tmpdir(), "fastserve-attack-"));
  try {
    return rowsOf(plan, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function rowsOf(plan: Plan, folder: string): string[] {
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
  return rows;
}

function versionOf(proxy: string): string {
  const { error, stdout, stderr } = spawnSync(proxy, ["-v"], { encoding: "utf8", timeout: 10_000 });
  if (error) throw new Error(`${proxy} does not run: ${error.message}; install it, the table compares with it.`);
  return `${proxy} ${/(\d+\.\d+\.\d+)/.exec(`${stdout}${stderr}`)?.[1] ?? "?"}`;
}

try {
  // The proxies first: without them nothing is worth waiting for.
  for (const proxy of Object.keys(proxies)) versionOf(proxy);
  writeFileSync(join(root, "docs", "measurements", "attack.md"), await table());
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function table(): Promise<string> {
  const sections = (Object.keys(adapters) as Adapter[]).flatMap((adapter) => [
    `## ${titles[adapter]}`,
    "",
    attack(adapter, "--table"),
  ]);
  return [
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
  ].join("\n");
}
