/** Which peers there are on this machine for this adapter, how each is started, and why the others are absent. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { type AdapterName, runtimeOf } from "../../src/runtime/capabilities.ts";
import { BenchError } from "../cli/bench-error.ts";
import { findProgram } from "../server/find-program.ts";
import type { Pinning } from "../server/pinning.ts";
import type { ServerProcess } from "../server/server-process.ts";
import { installPeers } from "./install-peers.ts";
import { nginxVersion, startNginx } from "./nginx-peer.ts";
import type { PeerOrder } from "./peer-order.ts";
import { folderWith, peersFolder, peersManifest } from "./peer-packages.ts";
import { startPeer } from "./peer-process.ts";
import { interfaceOf, type PeerName, type PeerRow, peerTable } from "./peer-table.ts";

export interface PeersRequest {
  /** undefined: all. */
  readonly names: readonly PeerName[] | undefined;
  readonly adapter: AdapterName;
  /** "Bun 1.4.5". */
  readonly runtimeTitle: string;
  /** The project's folder. */
  readonly directory: string;
  readonly connections: number;
  readonly pinning: Pinning;
  readonly interrupt: AbortSignal;
  say(line: string): void;
}

export interface ReadyPeer {
  readonly row: PeerRow;
  /** With versions: "Fastify 5.12.8, Node 20.20.2". */
  readonly title: string;
  start(work: PeerWork): Promise<ServerProcess>;
}

export interface PeerWork {
  readonly order: PeerOrder;
  /** What this server answers; a peer that runs no program has to be told. */
  readonly bodies: { readonly constant: string; readonly json: string };
}

export interface AbsentPeer {
  readonly row: PeerRow;
  readonly reason: string;
}

export interface Peers {
  readonly ready: readonly ReadyPeer[];
  readonly absent: readonly AbsentPeer[];
}

export async function readyPeers(request: PeersRequest): Promise<Peers> {
  const rows = peerTable.filter(({ name }) => request.names?.includes(name) ?? true);
  const checked = rows.map((row) => ({ row, reason: reasonOf(row, request.adapter) }));
  const possible = checked.flatMap(({ row, reason }) => (reason === undefined ? [row] : []));
  const absent: AbsentPeer[] = checked.flatMap(({ row, reason }) => (reason === undefined ? [] : [{ row, reason }]));
  const uninstalled = await installMissing(possible, request);
  const ready = possible.flatMap((row) => {
    if (
      row.packages.length > 0 &&
      uninstalled !== undefined &&
      folderWith(row.packages, request.directory) === undefined
    ) {
      absent.push({ row, reason: uninstalled });
      return [];
    }
    return [row.engine === "nginx" ? nginxPeer(row, request) : programPeer(row, request)];
  });
  return { ready, absent };
}

/** Why it cannot run here; undefined: it can. */
function reasonOf(row: PeerRow, adapter: AdapterName): string | undefined {
  if (row.programs && row.programs[adapter] === undefined) return row.elsewhere;
  if (row.engine === "own" || findProgram(row.engine)) return undefined;
  return `${row.engine} is not installed`;
}

/** @returns why packages are still missing; the peers that need none run all the same */
async function installMissing(rows: readonly PeerRow[], request: PeersRequest): Promise<string | undefined> {
  const { directory, adapter, interrupt, say } = request;
  const missing = rows
    .map(({ packages }) => packages)
    .filter((packages) => folderWith(packages, directory) === undefined);
  if (missing.length === 0) return undefined;
  try {
    await installPeers({ directory, packages: missing.flat(), runtime: runtimeOf(adapter), interrupt, say });
    return undefined;
  } catch (error) {
    if (error instanceof BenchError) return error.message;
    throw error;
  }
}

function programPeer(row: PeerRow, { adapter, runtimeTitle, directory, pinning }: PeersRequest): ReadyPeer {
  const folder = folderWith(row.packages, directory) ?? peersFolder;
  const program = join(folder, "servers", row.programs?.[adapter] ?? "");
  const node = row.engine === "node" ? (findProgram("node") ?? "node") : undefined;
  const title = titleOf(row, adapter, runtimeTitle, node);
  const command = node === undefined ? ownCommand(adapter, program) : [node, program];
  return {
    row,
    title,
    start: ({ order }) => {
      const environment = { BENCH_PEER: JSON.stringify(order) };
      return startPeer({ title, command, folder, environment, pinning });
    },
  };
}

/** Short, because it stands in every row of a table: the runtime is this server's own unless another is named. */
function titleOf(row: PeerRow, adapter: AdapterName, runtimeTitle: string, node?: string): string {
  const { label, packages, otherInterface } = row;
  const [main] = packages;
  if (main === undefined) return `${label} ${interfaceOf[adapter]}, ${runtimeTitle}`;
  const other = otherInterface?.[adapter];
  const title = `${label} ${peersManifest().dependencies[main] ?? ""}${other === undefined ? "" : ` on ${other}`}`;
  return node === undefined ? title : `${title}, Node ${nodeVersion(node)}`;
}

function nodeVersion(node: string): string {
  const { stdout } = spawnSync(node, ["--version"], { encoding: "utf8" });
  return /^v(\S+)/.exec(stdout ?? "")?.[1] ?? "of an unknown version";
}

/** As its users would start it; on Deno the project's own configuration is none of the peer's. */
function ownCommand(adapter: AdapterName, program: string): readonly string[] {
  if (runtimeOf(adapter) === "bun") return [process.execPath, program];
  return [process.execPath, "run", "--allow-all", "--no-config", "--no-lock", "--node-modules-dir=manual", program];
}

function nginxPeer(row: PeerRow, { connections, pinning }: PeersRequest): ReadyPeer {
  const nginx = findProgram("nginx") ?? "nginx";
  const title = `nginx ${nginxVersion(nginx) ?? "of an unknown version"}`;
  return { row, title, start: (work) => startNginx({ ...work, title, nginx, connections, pinning }) };
}
