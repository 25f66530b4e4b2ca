/** One plane with the fixture's routes and a large answer, for measuring attacks from outside; prints its port. */
import process from "node:process";
import { defineRoutes } from "../../src/http/route.ts";
import { fixtureApp } from "../fixture/app.ts";
import { startPlane } from "../fixture/plane.ts";

/** More than the kernel's buffers of a connection hold. */
const LARGE_BYTES = 4 * 1024 * 1024;
const large = "x".repeat(LARGE_BYTES);

const app = { ...fixtureApp, routes: [...fixtureApp.routes, ...defineRoutes({ "GET /large": () => large })] };
const times = { "timeouts.head_ms": 10_000, "timeouts.request_ms": 20_000, "timeouts.idle_ms": 10_000 } as const;
/** Room for all the bodies that are announced: an attack that is refused for want of it says nothing about time. */
const limits = {
  "limits.connections_max": 1024,
  "limits.nofile_min": 2048,
  "limits.bodies_bytes_max": 67_108_864,
} as const;
const plane = await startPlane({ ...times, ...limits }, app);
process.stdout.write(`${plane.port}\n`);
