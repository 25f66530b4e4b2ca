/** A plane with every wired feature switched on, and routes that read what strangers send. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { App } from "../../src/data/start-data-plane.ts";
import { defineRoutes } from "../../src/http/route.ts";
import { features, runtime } from "../../src/wiring.ts";
import { type Plane, startPlane } from "../fixture/plane.ts";
import type { Overrides } from "../fixture/settings.ts";

const TEXT = "The quick brown fox jumps over the lazy dog. ".repeat(40);

const routes = defineRoutes({
  "GET /text": () => TEXT,
  "GET /url": ({ url, query }) => ({ path: url.pathname, count: [...query].length }),
  "GET /client": (context) => ({ client: context.client, id: context.id, cookie: context.header("cookie") ?? "" }),
  "GET /users/:id": ({ params }) => ({ id: params.id }),
  "GET /files/*": ({ params }) => ({ rest: params["*"] }),
  "POST /echo": async (context) => context.bytes(),
});

const app: App = {
  routes,
  // The wired WebSocket feature serves the user's sockets, whose paths may be anything.
  features: features.filter((feature) => feature.name !== "websocket"),
  runtime,
};

/** Settings of features that this project does not have are of no effect. */
const settings: Overrides = {
  "proxy.trusted": "127.0.0.1",
  "rate_limit.requests_per_s": 1_000_000,
  "rate_limit.burst": 1_000_000,
  "rate_limit.in_flight_per_client_max": 1000,
  "cache.zone_bytes": 1_048_576,
  "cache.entry_bytes_max": 65_536,
  "cache.ttl_ms": 1000,
  "static.files_max": 100,
  "static.memory_bytes": 65_536,
  "static.memory_file_bytes_max": 4096,
  "compression.types": "text/*,application/json",
  "compression.bytes_min": 100,
  "compression.bytes_max": 65_536,
  "compression.streams_max": 4,
  "cors.origins": "https://example.org",
  "cors.methods": "GET,POST",
  "security_headers.nosniff": true,
  "request_id.header": "x-request-id",
  "request_id.accept": true,
};

export interface FuzzPlane extends Plane {
  remove(): Promise<void>;
}

export async function startFuzzPlane(header: "x-forwarded-for" | "forwarded"): Promise<FuzzPlane> {
  const folder = mkdtempSync(join(tmpdir(), "fastserve-fuzz-"));
  mkdirSync(join(folder, "files"));
  writeFileSync(join(folder, "index.html"), "<h1>home</h1>");
  writeFileSync(join(folder, "notes.txt"), TEXT);
  writeFileSync(join(folder, "large.bin"), new Uint8Array(100_000));
  const plane = await startPlane({ ...settings, "static.root": folder, "proxy.header": header }, app);
  return {
    ...plane,
    async remove() {
      await plane.drain(200);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
