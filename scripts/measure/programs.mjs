/** How the measured programs are started, and which of the tools around them this machine has. */
import { execFileSync, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));

/** The runtimes' own binaries: npm's wrappers are Node programs around them. */
export const programs = {
  bun: [`${root}node_modules/bun/bin/bun.exe`, "run"],
  deno: [`${root}node_modules/deno/deno`, "run", "-A", "--quiet", "--no-check", "--unstable-net"],
  node: [process.execPath],
};

/** @returns {string} the absolute path of a server below scripts/measure/servers */
export function serverFile(name) {
  return fileURLToPath(new URL(`./servers/${name}`, import.meta.url));
}

export function runtimeVersions() {
  return {
    bun: execFileSync(programs.bun[0], ["--version"], { encoding: "utf8" }).trim(),
    deno: /deno (\S+)/.exec(execFileSync(programs.deno[0], ["--version"], { encoding: "utf8" }))?.[1] ?? "unknown",
    node: process.versions.node,
  };
}

/** Whether a tool is on the search path or in the administrator's folder, where distributions put daemons. */
export function findTool(name) {
  const { stdout } = spawnSync("sh", ["-c", `PATH="$PATH:/usr/sbin:/sbin" command -v ${name}`], { encoding: "utf8" });
  return stdout.trim() === "" ? undefined : stdout.trim();
}
