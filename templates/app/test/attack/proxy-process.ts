/**
 * A real nginx or HAProxy with this project's own configuration, on ports of loopback: only what ties it to its place is
 * changed (ports, logs, temporary folders), and the limits that a run of the catalogue would meet.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { freePort } from "../../bench/server/free-port.ts";
import { until } from "../fixture/until.ts";

export type ProxyName = "nginx" | "haproxy";

/** One request as the proxy believes to have passed it on. */
export interface Forwarded {
  readonly method: string;
  readonly target: string;
}

export interface RunningProxy {
  readonly port: number;
  /** What it has logged since the last call; requests that it answered itself are not among them. */
  take(): readonly Forwarded[];
  stop(): void;
}

/** Where this project has the proxy's configuration, when it is made to stand behind one. */
export function configurationOf(name: ProxyName): string {
  const file = name === "nginx" ? "nginx.conf" : "haproxy.cfg";
  return fileURLToPath(new URL(`../../deploy/${file}`, import.meta.url));
}

/** For a test's `skip`: false where the program is installed. */
export function withoutProxy(name: ProxyName): string | false {
  return spawnSync(name, ["-v"]).status === 0 ? false : `${name} is not installed`;
}

/** @param text the project's configuration */
export async function startProxy(name: ProxyName, text: string, serverPort: number): Promise<RunningProxy> {
  const folder = mkdtempSync(join(tmpdir(), `fastserve-${name}-`));
  const port = await freePort();
  const place = { folder, port, serverPort, log: join(folder, "requests.log") };
  const file = join(folder, "proxy.conf");
  writeFileSync(place.log, "");
  writeFileSync(file, name === "nginx" ? placedNginx(text, place) : placedHaproxy(text, place));
  const child = name === "nginx" ? runNginx(file, folder) : runHaproxy(file, place.log);
  let said = "";
  child.stderr?.on("data", (chunk) => {
    said += chunk;
  });
  const stop = () => {
    child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await until(`${name} listens: ${said}`, () => {
      if (child.exitCode !== null) throw new Error(`${name} ended: ${said}`);
      return listens(port);
    });
  } catch (error) {
    stop();
    throw error;
  }
  let read = 0;
  const take = () => {
    const lines = readFileSync(place.log, "utf8").split("\n").slice(0, -1);
    const fresh = lines.slice(read);
    read = lines.length;
    return fresh.flatMap(forwardedOf);
  };
  return { port, take, stop };
}

interface Place {
  readonly folder: string;
  readonly port: number;
  readonly serverPort: number;
  readonly log: string;
}

/** A line is "method target servers": one server for each attempt, separated by ", " or " : "; "-" for none. */
function forwardedOf(line: string): readonly Forwarded[] {
  const [method = "", target = "", servers = "-"] = line.split("\t");
  if (servers === "" || servers === "-" || servers.startsWith("<")) return [];
  return servers.split(/ ?[,:] /).map(() => ({ method, target }));
}

function placedNginx(text: string, { folder, port, serverPort, log }: Place): string {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (kind) => `  ${kind}_temp_path ${join(folder, kind)};`,
  );
  const lines = [
    "http {",
    ...temporary,
    "  log_format attack escape=json '$request_method\\t$request_uri\\t$upstream_addr';",
    `  access_log ${log} attack;`,
  ];
  return text
    .replace(/^worker_processes .*$/m, "worker_processes 1;")
    .replace("http {", lines.join("\n"))
    .replace(/listen \S+ default_server;/, `listen 127.0.0.1:${port} default_server;`)
    .replace(/server \S+ max_fails=/, `server 127.0.0.1:${serverPort} max_fails=`)
    .replace(/rate=\d+r\/s/, "rate=100000r/s")
    .replace(/limit_req zone=\S+ .*;/, "limit_req zone=requests burst=100000 nodelay;");
}

function runNginx(file: string, folder: string): ChildProcess {
  mkdirSync(join(folder, "logs"));
  // Workers of a master that runs as root would otherwise not reach its temporary folders. One process, so that
  // ending it ends everything.
  const user = process.getuid?.() === 0 ? "user root;" : "";
  const directives = `daemon off; master_process off; pid ${join(folder, "pid")}; ${user}`;
  return spawn("nginx", ["-p", folder, "-e", "stderr", "-g", directives, "-c", file], {
    stdio: ["ignore", "ignore", "pipe"],
  });
}

function placedHaproxy(text: string, { port, serverPort }: Place): string {
  return (
    text
      .replace(/^ {2}log \/dev\/log.*$/m, "  log stdout len 16384 format raw local0")
      // The system grants a test fewer descriptors than a server.
      .replace(/^ {2}maxconn \d+$/m, "  maxconn 500")
      .replace(/^ {2}option httplog$/m, '  log-format "%HM\\t%HU\\t%s"')
      .replace(/^ {2}bind \S+$/m, `  bind 127.0.0.1:${port}`)
      .replace(/(server server) \S+ (.*?) check .*$/m, `$1 127.0.0.1:${serverPort} $2`)
      .replace(/sc0_http_req_rate gt \d+/, "sc0_http_req_rate gt 100000")
  );
}

function runHaproxy(file: string, log: string): ChildProcess {
  const child = spawn("haproxy", ["-db", "-f", file], { stdio: ["ignore", "pipe", "pipe"] });
  child.stdout?.on("data", (chunk) => writeFileSync(log, chunk, { flag: "a" }));
  return child;
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    const done = (is: boolean) => {
      socket.destroy();
      resolve(is);
    };
    socket.once("connect", () => done(true));
    socket.once("error", () => done(false));
  });
}
