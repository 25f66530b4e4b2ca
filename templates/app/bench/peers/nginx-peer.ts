/** nginx, configured into a temporary folder that goes with it. */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { freePort } from "../server/free-port.ts";
import type { Pinning } from "../server/pinning.ts";
import type { ServerProcess } from "../server/server-process.ts";
import { nginxConfig } from "./nginx-config.ts";
import type { PeerOrder } from "./peer-order.ts";
import { startPeer } from "./peer-process.ts";

export interface NginxRequest {
  readonly title: string;
  /** Absolute path of the program. */
  readonly nginx: string;
  readonly order: PeerOrder;
  readonly bodies: { readonly constant: string; readonly json: string };
  readonly connections: number;
  readonly pinning: Pinning;
}

/** "1.22.1"; undefined: the program does not say. */
export function nginxVersion(nginx: string): string | undefined {
  // It writes to stderr.
  const { stderr } = spawnSync(nginx, ["-v"], { encoding: "utf8" });
  return /nginx\/(\S+)/.exec(stderr ?? "")?.[1];
}

export async function startNginx({
  title,
  nginx,
  order,
  bodies,
  connections,
  pinning,
}: NginxRequest): Promise<ServerProcess> {
  const folder = mkdtempSync(join(tmpdir(), "fastserve-nginx-"));
  const remove = () => {
    process.removeListener("exit", remove);
    rmSync(folder, { recursive: true, force: true });
  };
  // A second Ctrl-C waits for nobody's end.
  process.once("exit", remove);
  try {
    // Started by root, its worker is another user.
    chmodSync(folder, 0o755);
    const port = await freePort();
    writeFileSync(join(folder, "answer.json"), bodies.json, { mode: 0o644 });
    const plan = { port, connections, constant: bodies.constant, jsonFile: "answer.json", order };
    writeFileSync(join(folder, "nginx.conf"), nginxConfig(plan));
    const command = [nginx, "-p", folder, "-c", join(folder, "nginx.conf"), "-e", "stderr"];
    const server = await startPeer({ title, command, folder, environment: {}, pinning, port });
    return { ...server, stop: () => server.stop().finally(remove) };
  } catch (error) {
    remove();
    throw error;
  }
}
