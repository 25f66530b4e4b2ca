import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { tunedText } from "./reference-config.ts";

const isBun = process.versions.bun !== undefined;
const isLinux = process.platform === "linux";
const app = fileURLToPath(new URL("../..", import.meta.url));
const flags = isBun ? [] : ["run", "-A"];

/** A copy of the project, in a folder whose name needs care, with the wiring of the runtime under test. */
let folder = "";

before(() => {
  folder = mkdtempSync(join(tmpdir(), "fastserve launch \u00e9 "));
  cpSync(join(app, "src"), join(folder, "src"), { recursive: true });
  for (const name of ["package.json", "deno.json"])
    if (existsSync(join(app, name))) cpSync(join(app, name), join(folder, name));
  const denoWiring = join(folder, "src/wiring.deno-serve.ts");
  if (!isBun && existsSync(denoWiring)) cpSync(denoWiring, join(folder, "src/wiring.ts"));
  symlinkSync(nearestModules(app), join(folder, "node_modules"));
  writeFileSync(join(folder, "fastserve.tuned.toml"), tunedText);
});

after(() => rmSync(folder, { recursive: true, force: true }));

function nearestModules(from: string): string {
  const modules = join(from, "node_modules");
  return existsSync(modules) || dirname(from) === from ? modules : nearestModules(dirname(from));
}

interface Started {
  readonly child: ChildProcess;
  /** Standard output up to and with the first line that has the text. */
  until(text: string): Promise<string>;
  readonly ended: Promise<{ readonly code: number | null; readonly stderr: string }>;
}

function start(entry: string, settings: Readonly<Record<string, string>> = {}): Started {
  const environment: Record<string, string> = {
    PATH: process.env.PATH ?? "",
    HOME: folder,
    FASTSERVE__SERVER__PORT: "0",
    FASTSERVE__ADMIN__PORT: "0",
    FASTSERVE__WORKERS__COUNT: "1",
    FASTSERVE__LOG__FORMAT: "text",
    FASTSERVE__ALLOCATOR__BACKEND: isBun ? "mimalloc" : "glibc",
    ...settings,
  };
  const child = spawn(process.execPath, [...flags, join(folder, entry)], { env: environment });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => {
    stdout += String(chunk);
  });
  child.stderr.on("data", (chunk) => {
    stderr += String(chunk);
  });
  const ended = new Promise<{ code: number | null; stderr: string }>((resolve) =>
    child.on("close", (code) => resolve({ code, stderr })),
  );
  return {
    child,
    ended,
    until: (text) =>
      waitFor(
        () => (stdout.includes(text) ? stdout : undefined),
        () => stdout + stderr,
      ),
  };
}

/** Polls for up to 20 s: a slow machine is no failure, a server that never comes up is one. */
async function waitFor(get: () => string | undefined, output: () => string): Promise<string> {
  for (let waitedMs = 0; waitedMs < 20_000; waitedMs += 20) {
    const found = get();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`not seen within 20 s; the output was:\n${output()}`);
}

async function stop({ child, ended }: Started): Promise<number | null> {
  // Deno's child.kill() would report the signal as the end, whatever the child does with it.
  process.kill(child.pid ?? 0, "SIGTERM");
  return (await ended).code;
}

function argumentsOf(pid: number | undefined): readonly string[] {
  return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").slice(1, -1);
}

/** Deno.serve aborts a request's signal after a success too, unless told otherwise. */
function abortFlag(): readonly string[] {
  const isServe = readFileSync(join(folder, "src/wiring.ts"), "utf8").includes("deno-serve.ts");
  return isServe ? ["--unstable-no-legacy-abort"] : [];
}

test("launch.ts becomes a tuned main.ts in the same process", async () => {
  const server = start("src/launch.ts");
  const banner = await server.until("started");
  assert.match(banner, /runtime {4}(Bun|Deno) [\d.]+, adapter [\w-]+, tuned\n/);
  if (isLinux) {
    const main = join(folder, "src/main.ts");
    const deno = ["run", "--v8-flags=--max-old-space-size=128,--max-semi-space-size=16", "--unstable-net"];
    assert.deepEqual(
      argumentsOf(server.child.pid),
      isBun
        ? ["--no-install", "--max-http-header-size=16384", main]
        : [...deno, "--unstable-worker-options", "--allow-all", ...abortFlag(), main],
    );
  }
  assert.equal(await stop(server), 0);
});

test("main.ts started by itself says that it runs plain", async () => {
  const program = isBun ? [] : ["--unstable-net", "--unstable-worker-options"];
  flags.push(...program);
  const server = start("src/main.ts");
  flags.length -= program.length;
  assert.match(
    await server.until("started"),
    /, plain: the plan's flags, heap and allocator settings are not applied\n/,
  );
  assert.equal(await stop(server), 0);
});

test("launch.ts starts an inline server with a short list of permissions", async () => {
  const server = start("src/launch.ts", { FASTSERVE__WORKERS__MODE: "inline" });
  const banner = await server.until("started");
  assert.match(banner, /workers {4}inline, in the main thread\n/);
  const url = /listening {2}(\S+)/.exec(banner)?.[1] ?? "";
  assert.ok((await fetch(url)).status < 500);
  if (!isBun && isLinux) {
    // The library behind node:http's WebSockets looks for two switches of its own.
    const isHttp = readFileSync(join(folder, "src/wiring.ts"), "utf8").includes("deno-http.ts");
    // What the launch sets is taken away again for the programs that the server starts.
    const set = ["DENO_USE_CGROUPS", "DENO_NO_UPDATE_CHECK"];
    const library = isHttp ? ["WS_NO_BUFFER_UTIL", "WS_NO_UTF_8_VALIDATE"] : [];
    const names = ["FASTSERVE_*", "LD_PRELOAD", ...library, ...set];
    assert.deepEqual(argumentsOf(server.child.pid).slice(4, 8), [
      "--no-prompt",
      "--allow-net=127.0.0.1",
      `--allow-read=${folder}`,
      `--allow-env=${names.join(",")}`,
    ]);
  }
  assert.equal(await stop(server), 0);
});

test("launch.ts ends with status 2 and all problems when the configuration is not valid", async () => {
  const server = start("src/launch.ts", { FASTSERVE__SERVER__PORT: "x", FASTSERVE__LOG__LEVLE: "info" });
  assert.deepEqual(await server.ended, {
    code: 2,
    stderr: `The configuration is not valid:
FASTSERVE__LOG__LEVLE: is not a setting; did you mean FASTSERVE__LOG__LEVEL?
FASTSERVE__SERVER__PORT: server.port = "x" must be a number.
`,
  });
});

test("launch.ts starts a child, passes signals on and ends like it where a process cannot replace itself", async () => {
  const wiring = join(folder, "src/wiring.ts");
  const text = readFileSync(wiring, "utf8");
  const launch = join(folder, "src/launch.ts");
  const launchText = readFileSync(launch, "utf8");
  try {
    writeFileSync(
      join(folder, "src/wiring-without-exec.ts"),
      'import { runtime as real } from "./wiring.ts";\nexport const runtime = { ...real, exec: () => undefined };\n',
    );
    writeFileSync(launch, launchText.replace("./wiring.ts", "./wiring-without-exec.ts"));
    const server = start("src/launch.ts");
    assert.match(await server.until("started"), /, tuned\n/);
    if (isLinux) assert.ok(argumentsOf(server.child.pid).includes(launch), "the process has replaced itself");
    assert.equal(await stop(server), 0);
  } finally {
    writeFileSync(wiring, text);
    writeFileSync(launch, launchText);
  }
});
