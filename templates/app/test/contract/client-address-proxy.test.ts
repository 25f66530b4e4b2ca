import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { platform, tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { App } from "../../src/data/start-data-plane.ts";
import { defineRoutes } from "../../src/http/route.ts";
import { runtime } from "../../src/wiring.ts";
import { Connection, requestText } from "../fixture/connection.ts";
import { type Plane, startPlane } from "../fixture/plane.ts";
import { until } from "../fixture/until.ts";

const app: App = {
  routes: defineRoutes({ "GET /client": (context) => ({ client: context.client }) }),
  features: [],
  runtime,
};

const skip = skipReason();

function skipReason(): string | false {
  if (platform() !== "linux") return "the test needs a second loopback address, as Linux has";
  return spawnSync("nginx", ["-v"]).error ? "nginx is not installed" : false;
}

/** Linux answers on all of 127.0.0.0/8: the proxies have 127.0.0.1, which is trusted, the client has not. */
const CLIENT = "127.0.0.2";

function connectFrom(localAddress: string, port: number): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port, localAddress }, () => resolve(new Connection(socket)));
    socket.once("error", reject);
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** Two nginx in a row, as a load balancer and its sidecar stand: the outer one is what clients reach. */
function configuration(directory: string, outer: number, inner: number, server: number): string {
  const forward = (from: number, to: number) =>
    `server { listen 127.0.0.1:${from}; location / { proxy_pass http://127.0.0.1:${to};
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; } }`;
  const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${directory};`);
  return `daemon off; master_process off; pid ${directory}/pid; error_log stderr crit; events {}
    http { access_log off; ${paths.join(" ")} ${forward(outer, inner)} ${forward(inner, server)} }`;
}

describe("context.client behind nginx", { skip }, () => {
  let plane: Plane;
  let nginx: ChildProcess;
  let directory: string;
  let port: number;

  before(async () => {
    plane = await startPlane({ "proxy.trusted": "127.0.0.1", "proxy.header": "x-forwarded-for" }, app);
    directory = mkdtempSync(join(tmpdir(), "client-address-"));
    port = await freePort();
    const file = join(directory, "nginx.conf");
    writeFileSync(file, configuration(directory, port, await freePort(), plane.port));
    nginx = spawn("nginx", ["-p", directory, "-c", file, "-e", "stderr"], { stdio: "ignore" });
    await until("nginx answers", () => clientOf({}).catch(() => undefined));
  });

  after(async () => {
    if (skip) return;
    nginx.kill();
    await plane.drain();
    rmSync(directory, { recursive: true });
  });

  async function clientOf(headers: Readonly<Record<string, string>>): Promise<string> {
    const connection = await connectFrom(CLIENT, port);
    connection.send(requestText("GET", "/client", headers));
    const response = await connection.response();
    connection.destroy();
    return (JSON.parse(response.text) as { client: string }).client;
  }

  const rows: readonly (readonly [name: string, headers: Readonly<Record<string, string>>])[] = [
    ["when it says nothing", {}],
    ["when it makes up an address", { "x-forwarded-for": "203.0.113.9" }],
    ["when it makes up a chain that ends at the proxy", { "x-forwarded-for": "203.0.113.9, 127.0.0.1" }],
    ["when it makes up another field", { forwarded: "for=203.0.113.9", "x-real-ip": "203.0.113.9" }],
    ["when it sends garbage", { "x-forwarded-for": '", , \t;for=203.0.113.9' }],
    ["when it sends a long chain", { "x-forwarded-for": "127.0.0.1, ".repeat(300) }],
  ];
  for (const [name, headers] of rows) {
    it(`is the client's own ${name}`, async () => assert.equal(await clientOf(headers), CLIENT));
  }
});
