/**
 * Images without a registry: a base that holds only the libraries that a runtime's binary links to, and an image that
 * holds only the binary. Everything lives in a storage of its own below a temporary folder.
 */
import { type ChildProcessByStdio, execFileSync, spawn, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { repositoryRoot } from "./golden-cases.ts";

export type Runtime = "bun" | "deno";

const binaries = { bun: "node_modules/bun/bin/bun.exe", deno: "node_modules/deno/deno" } as const;
/** Where the official images have the binary; the Dockerfile copies it from there. */
const placeInImage = { bun: "/usr/local/bin/bun", deno: "/deno" } as const;

/** Why images cannot be built here; undefined when they can. */
export function whyNoImages(): string | undefined {
  if (process.platform !== "linux") return "buildah needs Linux";
  if (process.getuid?.() !== 0) return "buildah with chroot isolation needs root";
  return spawnSync("buildah", ["--version"]).error === undefined ? undefined : "buildah is not installed";
}

export class ImageStore {
  readonly folder = mkdtempSync(join(tmpdir(), "fastserve-image-"));

  #arguments(args: readonly string[]): string[] {
    return ["--root", join(this.folder, "storage"), "--runroot", join(this.folder, "run"), ...args];
  }

  readonly #environment = { ...process.env, STORAGE_DRIVER: "vfs", BUILDAH_ISOLATION: "chroot" };

  buildah(...args: readonly string[]): string {
    return execFileSync("buildah", this.#arguments(args), {
      env: this.#environment,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    }).trim();
  }

  start(...args: readonly string[]): ChildProcessByStdio<null, Readable, Readable> {
    return spawn("buildah", this.#arguments(args), { env: this.#environment, stdio: ["ignore", "pipe", "pipe"] });
  }

  /** Makes `local-base` and `local-runtime`; @returns the build arguments that name them. */
  makeBase(runtime: Runtime): string[] {
    const binary = join(repositoryRoot, binaries[runtime]);
    const root = join(this.folder, "rootfs");
    mkdirSync(join(root, "tmp"), { recursive: true, mode: 0o1777 });
    for (const library of execFileSync("ldd", [binary], { encoding: "utf8" }).match(/\/\S+/g) ?? []) {
      mkdirSync(join(root, dirname(library)), { recursive: true });
      cpSync(library, join(root, library), { dereference: true });
    }
    this.#commit(root, "/", "local-base");
    this.#commit(binary, placeInImage[runtime], "local-runtime");
    return ["BASE_IMAGE=localhost/local-base", "RUNTIME_IMAGE=localhost/local-runtime"].flatMap((one) => [
      "--build-arg",
      one,
    ]);
  }

  #commit(from: string, to: string, name: string): void {
    const container = this.buildah("from", "scratch");
    this.buildah("copy", container, from, to);
    this.buildah("commit", container, name);
    this.buildah("rm", container);
  }

  /** @returns a folder with the production packages, as `--build-context dependencies=` takes it */
  packages(names: readonly string[]): string {
    const folder = join(this.folder, "dependencies");
    for (const name of names) {
      cpSync(join(repositoryRoot, "node_modules", name), join(folder, "node_modules", name), { recursive: true });
    }
    return folder;
  }

  remove(): void {
    this.buildah("rm", "--all");
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Ids of `pid` and all processes below it. */
export function processTree(pid: number): number[] {
  const parents = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name): [number, number] => [Number(name), parentOf(name)]);
  const tree = [pid];
  for (const parent of tree) tree.push(...parents.filter(([, above]) => above === parent).map(([child]) => child));
  return tree;
}

function parentOf(pid: string): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return 0; // The process ended between the listing and the reading.
  }
}

/** Command line and user id of a process; undefined when it has ended. */
export function processOf(pid: number): { readonly command: string; readonly uid: number } | undefined {
  try {
    const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
    const uid = Number(/^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
    return { command, uid };
  } catch {
    return undefined; // The process has ended.
  }
}

/** Repeats `attempt` until it gives something; fails after `msMax`. */
export async function until<T>(what: string, msMax: number, attempt: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + msMax;
  while (Date.now() < deadline) {
    const value = await attempt();
    if (value !== undefined) return value;
    await new Promise((resume) => setTimeout(resume, 50));
  }
  throw new Error(`${what}: not within ${msMax} ms`);
}
