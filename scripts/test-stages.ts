/** The stages of `npm test`: what each runs, and how its own closing lines count tests. */
import { readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export interface Stage {
  readonly name: string;
  readonly what: string;
  readonly commands: readonly (readonly string[])[];
  readonly cwd?: string;
  /** Runs the test files that are appended, one after the other: those that failed. */
  readonly again?: readonly string[];
  /** Reads the closing lines of a test runner; absent: the stage is a check without tests. */
  readonly count?: (output: string) => Counts;
}

const bin = (name: string) => join(root, "node_modules", ".bin", name);
/** The runtimes' own binaries: npm's wrapper of Deno is a Node process that passes no signals on. */
const bun = join(root, "node_modules", "bun", "bin", "bun.exe");
const deno = join(root, "node_modules", "deno", "deno");
const app = join(root, "templates", "app");
// Types are the stage before's: checking them anew at each start of a worker takes seconds.
const denoTest = [
  deno,
  "test",
  "--no-prompt",
  "-A",
  "--no-check",
  "--unstable-net",
  "--unstable-worker-options",
] as const;
const nodeTest = [
  process.execPath,
  "--import",
  "tsx",
  "--test",
  "--test-reporter=spec",
  "--test-concurrency=1",
] as const;

export const stages: readonly Stage[] = [
  { name: "style", what: "format and lint", commands: [[bin("biome"), "ci", "--error-on-warnings", "."]] },
  {
    name: "types",
    what: "types of the generator and of the server on both runtimes",
    commands: [
      [bin("tsc"), "-p", "tsconfig.json"],
      [bin("tsc"), "-p", join(app, "tsconfig.bun.json")],
      [deno, "check", "--config", join(app, "deno.json"), ...appEntries()],
      [deno, "check", "--config", join(app, "deno.http.json"), ...appEntries()],
    ],
  },
  { name: "build", what: "the bundle", commands: [[process.execPath, "scripts/build.mjs"]] },
  {
    name: "generator",
    what: "unit, property, golden, tidy and terminal tests of the generator",
    commands: [
      [
        process.execPath,
        "--import",
        "tsx",
        "--test",
        "--test-reporter=spec",
        // Node's own default leaves one CPU free, which on two CPUs is half of them.
        `--test-concurrency=${availableParallelism()}`,
        ...testFiles("test", ["e2e", "golden/expected"]),
      ],
    ],
    again: nodeTest,
    count: countNode,
  },
  {
    name: "bun",
    what: "the server's own tests on Bun",
    cwd: app,
    // Bun's 5 s are less than what a test waits for on a busy machine before it gives up with a reason.
    commands: [[bun, "test", "--timeout", "60000"]],
    again: [bun, "test", "--timeout", "60000"],
    count: countBun,
  },
  {
    name: "deno-serve",
    what: "the server's own tests on Deno, adapter deno-serve",
    cwd: app,
    commands: [[...denoTest, "--parallel", "--config", "deno.json", "test"]],
    again: [...denoTest, "--config", "deno.json"],
    count: countDeno,
  },
  {
    name: "deno-http",
    what: "the server's own tests on Deno, adapter deno-http",
    cwd: app,
    commands: [[...denoTest, "--parallel", "--config", "deno.http.json", "test"]],
    again: [...denoTest, "--config", "deno.http.json"],
    count: countDeno,
  },
  {
    name: "e2e",
    what: "the packed package: create, install, test and run on both runtimes",
    commands: [[...nodeTest, ...testFiles("test/e2e", [])]],
    count: countNode,
  },
];

function appEntries(): readonly string[] {
  return ["src/main.ts", "src/worker.ts", "src/launch.ts", "bench/main.ts"].map((path) => join(app, path));
}

/** All *.test.ts below a folder, sorted, without the given subfolders. */
function testFiles(folder: string, without: readonly string[]): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".test.ts"))
    .map((entry) => join(entry.path, entry.name))
    .filter((path) => !without.some((part) => path.startsWith(join(root, folder, part))))
    .sort();
}

function countNode(output: string): Counts {
  const number = (name: string) => Number(new RegExp(`^[#ℹ] ${name} (\\d+)$`, "m").exec(output)?.[1] ?? Number.NaN);
  return { passed: number("pass"), failed: number("fail") + number("cancelled"), skipped: number("skipped") };
}

function countBun(output: string): Counts {
  const number = (name: string) => Number(new RegExp(`^ *(\\d+) ${name}$`, "m").exec(output)?.[1] ?? 0);
  return { passed: number("pass"), failed: number("fail"), skipped: number("skip") };
}

/** A skipped test shows as an ignored step when it stands in a group; a group itself is no test more. */
function countDeno(output: string): Counts {
  const match =
    /\| (\d+) passed(?: \(\d+ steps?\))? \| (\d+) failed(?: \(\d+ steps?\))?(?: \| (\d+) ignored(?: \((\d+) steps?\))?)?/.exec(
      output,
    );
  return {
    passed: Number(match?.[1]),
    failed: Number(match?.[2]),
    skipped: Number(match?.[3] ?? 0) + Number(match?.[4] ?? 0),
  };
}
