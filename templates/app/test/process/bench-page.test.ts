/** The bench's page in a real browser: it runs under its own policy, draws every plot, and asks for nothing. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { accessSync, constants, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { writePage } from "../../bench/report/page/page.ts";
import { readPlotter } from "../../bench/report/page/page-script.ts";
import { plotsOf } from "../../bench/report/page/plots.ts";
import { benchReport } from "../fixture/bench-report.ts";

/** Both run without a display when told so; the first one is smaller and starts faster. */
const browser = ["chromium-headless-shell", "chromium"]
  .flatMap((name) => (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, name)))
  .find(isExecutable);

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    // Not in this folder.
    return false;
  }
}

const skip =
  browser === undefined
    ? "neither chromium-headless-shell nor chromium is on PATH"
    : readPlotter() === undefined && "the package uplot is not installed, so there are no plots";

interface Dump {
  readonly dom: string;
  readonly consoleLines: readonly string[];
}

/** The page as it is after its script ran. Virtual time lets timers pass at once. */
async function dump(page: string, folder: string, ...flags: readonly string[]): Promise<Dump> {
  const quiet = ["--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
  const args = [
    ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", ...quiet, ...flags],
    ...[`--user-data-dir=${folder}/profile`, "--enable-logging=stderr", "--v=0", "--virtual-time-budget=2000"],
    ...["--dump-dom", `${pathToFileURL(page).href}#check`],
  ];
  const child = spawn(browser ?? "", args, { stdio: ["ignore", "pipe", "pipe"] });
  let dom = "";
  let log = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    dom += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    log += text;
  });
  const code = await new Promise((resolve, reject) => child.once("error", reject).once("close", resolve));
  assert.equal(code, 0, log);
  return { dom, consoleLines: log.split("\n").filter((line) => line.includes("CONSOLE")) };
}

/** Fewer pixels than this are axes without a line. */
const DRAWN_PIXELS_MIN = 3000;

for (const [scheme, flag] of [
  ["light", "--blink-settings=preferredColorScheme=1"],
  ["dark", "--blink-settings=preferredColorScheme=0"],
] as const) {
  test(`the page draws every plot in a browser, ${scheme}, and complains about nothing`, {
    skip,
    timeout: 60_000,
  }, async () => {
    const folder = mkdtempSync(join(tmpdir(), "bench-page-"));
    try {
      const file = join(folder, "report.html");
      writePage(file, benchReport);
      const { dom, consoleLines } = await dump(file, folder, flag);
      // The policy's violations are told on the console as well.
      assert.deepEqual(consoleLines, []);
      const plots = benchReport.benches.flatMap(plotsOf);
      const drawn = [...dom.matchAll(/<figure id="([^"]+)" data-drawn="(\d+)"/g)];
      assert.deepEqual(
        drawn.map((match) => match[1]),
        plots.map(({ id }) => id),
      );
      for (const [, id, pixels] of drawn) assert.ok(Number(pixels) > DRAWN_PIXELS_MIN, `${id}: ${pixels} pixels`);
      checkTables(dom);
    } finally {
      rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    }
  });
}

/** A row for each case, target and comparison, in tables that a browser made sense of. */
function checkTables(dom: string): void {
  const rowsOf = (name: string) => {
    const tables = [...dom.matchAll(new RegExp(`<table class="${name}">[\\s\\S]*?</table>`, "g"))];
    return tables.flatMap(([table]) => [...table.matchAll(/<tr>(?=<th>)/g)]).length;
  };
  const cases = benchReport.benches.flatMap((bench) => bench.cases).length;
  const tables = benchReport.benches.filter((bench) => bench.cases.length > 0).length;
  // Each table has a row of heads besides.
  assert.equal(rowsOf("cases"), cases + tables);
  assert.equal(rowsOf("targets"), benchReport.targets.length + 1);
  assert.equal(rowsOf("forest"), benchReport.benches.flatMap((bench) => bench.comparisons).length + 1);
  assert.match(dom, /<button [^>]*id="download" data-file="bench-20260203T040506Z\.json">/);
}
