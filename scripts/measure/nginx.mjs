/** nginx as a server under measurement: one process that answers `return 200`, without a log. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { SERVER_CPU, track } from "./served-process.mjs";
import { BODY } from "./servers/ceilings/answers.mjs";

const ATTEMPTS_MAX = 100;

/** @param {string} program where nginx is; the result is what startServer gives */
export async function startNginx(program) {
  const folder = mkdtempSync(join(tmpdir(), "measure-nginx-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  const port = await freePort();
  const file = join(folder, "nginx.conf");
  const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  writeFileSync(
    file,
    `daemon off; master_process off; worker_processes 1; pid ${folder}/pid; error_log stderr crit;
events { worker_connections 1024; }
http {
  access_log off; keepalive_requests 1000000000; ${paths.join(" ")}
  server { listen 127.0.0.1:${port}; location / { default_type text/plain; return 200 "${BODY}"; } }
}
`,
  );
  const command = ["-c", SERVER_CPU, program, "-c", file, "-p", folder, "-e", "stderr"];
  const child = track(spawn("taskset", command, { stdio: ["ignore", "ignore", "inherit"] }));
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    if (child.exitCode !== null) throw new Error(`nginx ended with ${child.exitCode}`);
    if (await accepts(port)) return { child, pid: child.pid, port };
    await delay(50);
  }
  throw new Error(`nginx did not listen on ${port} within 5 s`);
}

export async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => probe.once("listening", resolve));
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

function accepts(port) {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
