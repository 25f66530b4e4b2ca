/** A project for tests of profiles, made and changed by the built program. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { loadConfig } from "../../templates/app/src/config/load.ts";
import type { ServerConfig } from "../../templates/app/src/config/schema.ts";
import { memoryFolder } from "../support/sample-project.ts";
import { runCli } from "./built-cli.ts";

export interface ProfileDocument {
  readonly name: string;
  readonly isNew: boolean;
  readonly drift: { readonly drifted: boolean };
  readonly effects: readonly {
    readonly key: string;
    readonly after: { readonly text: string };
    readonly pinned: boolean;
  }[];
}

export interface RunDocument {
  readonly ok: boolean;
  readonly errors?: readonly {
    readonly code: string;
    readonly key: string;
    readonly message: string;
    readonly next: string;
  }[];
  readonly effects: readonly unknown[];
  readonly profiles: readonly ProfileDocument[];
  readonly files: readonly { readonly path: string; readonly kind: string }[];
  readonly left: readonly string[];
}

/** A project on a Hetzner machine, in a folder of its own. */
export async function inProject(
  use: (directory: string) => void | Promise<void>,
  flags: readonly string[] = [],
): Promise<void> {
  const parent = mkdtempSync(join(memoryFolder, "fastserve-profile-"));
  try {
    const answers = ["--runtime", "bun", "--workload", "api", "--exposure", "proxy", "--target", "hetzner-cx23"];
    const { status, stderr } = runCli(["app", ...answers, ...flags, "--yes", "--no-install", "--no-git"], {
      cwd: parent,
    });
    assert.equal(status, 0, stderr);
    await use(join(parent, "app"));
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
}

export function run(
  directory: string,
  ...argv: readonly string[]
): { readonly status: number | null; readonly document: RunDocument } {
  const { status, stdout, stderr } = runCli([...argv, "--json"], { cwd: directory });
  assert.match(stdout, /^\{/, stderr);
  return { status, document: JSON.parse(stdout) as RunDocument };
}

/** Writes, and fails when that does not succeed. */
export function retune(directory: string, ...flags: readonly string[]): RunDocument {
  const { status, document } = run(directory, "retune", ...flags, "--yes");
  assert.equal(status, 0, JSON.stringify(document.errors));
  return document;
}

export function wishOf(directory: string): {
  readonly answers: object;
  readonly profiles?: Record<string, { readonly answers: object }>;
} {
  return JSON.parse(readFileSync(join(directory, "fastserve.json"), "utf8"));
}

/** What a server would read there. */
export function configOf(directory: string, profile = ""): ServerConfig {
  return loadConfig({ directory, environment: { FASTSERVE_PROFILE: profile } }).config;
}

/** Every file but the generator's own state. */
export function filesOf(directory: string): ReadonlyMap<string, string> {
  const paths = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .filter((path) => !path.startsWith(".fastserve"));
  return new Map(paths.sort().map((path) => [path, readFileSync(join(directory, path), "latin1")]));
}
