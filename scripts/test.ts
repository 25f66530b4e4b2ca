/**
 * Runs everything that guards this repository, stage by stage, and ends with one line that counts all tests.
 *
 * `tsx scripts/test.ts` runs all stages, `tsx scripts/test.ts style types generator` only those. A stage that fails
 * shows what failed, and the names of skipped tests are always shown. Exit 1 when any stage failed.
 *
 * The tests run real processes, sockets and control groups, on machines that do other work. Test files that fail are
 * therefore run once more, alone; when they pass then, what failed is shown all the same, and the last lines name the
 * stage as unsteady. What fails twice has failed.
 */
import { spawn } from "node:child_process";
import { failedTestFiles } from "./failed-test-files.ts";
import { type Counts, root, type Stage, stages } from "./test-stages.ts";

/** A single stage that hangs must not hang the run: above ten times what the slowest one takes. */
const STAGE_MS_MAX = 30 * 60 * 1000;

interface Outcome {
  readonly ok: boolean;
  readonly output: string;
}

await main(process.argv.slice(2));

async function main(names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => !stages.some((stage) => stage.name === name));
  if (unknown.length > 0) {
    console.error(`no such stage: ${unknown.join(", ")}; there are ${stages.map(({ name }) => name).join(", ")}`);
    process.exit(2);
  }
  const total = { passed: 0, failed: 0, skipped: 0 };
  const failed: string[] = [];
  const unsteady: string[] = [];
  for (const stage of stages) {
    if (names.length > 0 && !names.includes(stage.name)) continue;
    const counts = await runStage(stage);
    if (counts?.unsteady) unsteady.push(stage.name);
    if (!counts) failed.push(stage.name);
    total.passed += counts?.passed ?? 0;
    total.failed += counts ? counts.failed : 1;
    total.skipped += counts?.skipped ?? 0;
  }
  if (failed.length > 0) console.log(`failed stages: ${failed.join(", ")}`);
  if (unsteady.length > 0) console.log(`unsteady stages, which failed once and then passed: ${unsteady.join(", ")}`);
  console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  process.exit(failed.length > 0 ? 1 : 0);
}

/** The stage's counts, and whether it failed once; undefined when it failed. */
async function runStage(stage: Stage): Promise<(Counts & { readonly unsteady: boolean }) | undefined> {
  const startedMs = Date.now();
  let unsteady = false;
  console.log(`== ${stage.name}: ${stage.what}`);
  let all = "";
  for (const command of stage.commands) {
    const line = command.slice(0, 6).join(" ");
    let outcome = await runCommand(command, stage.cwd ?? root);
    const again = outcome.ok || !isWhole(stage, outcome.output) ? [] : failedTestFiles(stripColours(outcome.output));
    if (stage.again && again.length > 0) {
      console.log(failuresOf(outcome.output));
      console.log(`-- ${stage.name} failed; run once more: ${again.join(" ")}`);
      unsteady = true;
      all += outcome.output;
      outcome = await runCommand([...stage.again, ...again], stage.cwd ?? root);
    }
    all += outcome.output;
    if (!outcome.ok) {
      console.log(failuresOf(outcome.output));
      console.log(`-- ${stage.name} failed: ${line}`);
      return undefined;
    }
  }
  const first = stage.count?.(stripColours(all)) ?? { passed: 0, failed: 0, skipped: 0 };
  // What failed once has passed by now.
  const counts = { ...first, passed: first.passed + first.failed, failed: 0 };
  if (Number.isNaN(counts.passed) || (stage.count && counts.passed === 0)) {
    console.log(all);
    console.log(`-- ${stage.name} failed: it ran no test`);
    return undefined;
  }
  for (const line of skippedLines(all)) console.log(line);
  const tests = stage.count ? `, ${counts.passed} passed, ${counts.skipped} skipped` : "";
  console.log(`-- ${stage.name} ok in ${Math.round((Date.now() - startedMs) / 1000)} s${tests}`);
  return { ...counts, unsteady };
}

/** Whether the runner came to its closing lines: only then are the failed files all that failed. */
function isWhole(stage: Stage, output: string): boolean {
  return (stage.count?.(stripColours(output)).passed ?? 0) > 0;
}

function runCommand(command: readonly string[], cwd: string): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(command[0] as string, command.slice(1), {
      cwd,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined },
    });
    const timer = setTimeout(() => child.kill("SIGKILL"), STAGE_MS_MAX);
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8");
      stream.on("data", (text: string) => {
        output += text;
      });
    }
    child.on("error", (error) => resolve({ ok: false, output: `${error.message}\n` }));
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve({ ok: code === 0, output });
    });
  });
}

/** Node's runner repeats what failed at its end; other output is shown whole. */
function failuresOf(output: string): string {
  const summary = output.lastIndexOf("failing tests:");
  return summary < 0 ? output : output.slice(summary);
}

/** A skipped test says why it did not run; that is part of the result. */
function skippedLines(output: string): readonly string[] {
  return stripColours(output)
    .split("\n")
    .filter((line) => /# SKIP|^\(skip\)|\.\.\. ignored/.test(line));
}

function stripColours(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: an escape sequence begins with this control character.
  return text.replace(/\u001b\[[0-9;]*m/g, "");
}
