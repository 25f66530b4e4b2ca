import assert from "node:assert/strict";
import { after, test } from "node:test";
import { hashPassword } from "../../../src/features/auth/password-hash.ts";
import { auth } from "../../../src/features/auth.ts";
import type { Route } from "../../../src/http/route.ts";
import type { RouteOptions } from "../../../src/http/route-options.ts";
import { CredentialFiles } from "../../fixture/credential-files.ts";
import { recordingLogger } from "../../fixture/recording-logger.ts";
import { installed } from "../../fixture/services.ts";
import { configWith, load } from "../reference-config.ts";

const files = new CredentialFiles();
after(() => files.remove());

const handler = () => "answer";
const route = (options: RouteOptions): Route => ({ method: "GET", pattern: "/secret", options, handler });

test("auth leaves routes that do not ask for it as they are, and takes no memory by default", async () => {
  const config = configWith("");
  const { hooks } = await installed(auth, config);
  assert.equal(hooks.middleware?.(handler, route({})), handler);
  assert.equal(auth.zoneBytes?.(config), 0);
});

const users = `auth.users_file = "${files.write("users", "")}"`;
const refused: readonly (readonly [settings: string, asked: RouteOptions["auth"], reason: RegExp])[] = [
  [
    "",
    "basic",
    /route "GET \/secret" asks for "basic" authentication, and auth\.users_file is not set; .*hash-password/,
  ],
  [
    "",
    "bearer",
    /route "GET \/secret" asks for "bearer" authentication, and auth\.bearer_file is not set; .*new-token/,
  ],
  [users, ["basic", "bearer"], /auth\.bearer_file is not set/],
  [users, [], /empty list/],
];
for (const [settings, asked, reason] of refused) {
  test(`auth refuses a route with ${JSON.stringify(asked)} ${settings && "and users alone "}at start`, async () => {
    const { hooks } = await installed(auth, configWith(settings));
    assert.throws(() => hooks.middleware?.(handler, route({ auth: asked ?? [] })), reason);
  });
}

for (const [hashes, warnings] of [
  [8, 0],
  [9, 1],
] as const) {
  test(`auth ${warnings ? "warns" : "says nothing"} where ${hashes} hashes of 16 MiB in 2 workers meet 256 MiB`, async () => {
    const { logger, lines } = recordingLogger();
    const path = files.write("large", `anna:${await hashPassword("p", { n: 16_384, r: 8, p: 1 })}\n`);
    const config = configWith(`auth.users_file = "${path}"\nauth.hashes_max = ${hashes}`);
    await auth.prepare?.(config, logger);
    assert.equal(lines.filter(({ fields }) => fields.key === "auth.hashes_max").length, warnings);
  });
}

const places: readonly (readonly [where: string, settings: string, warnings: number])[] = [
  ["on loopback", "", 0],
  ["on every address", 'server.host = "0.0.0.0"', 1],
  ["behind a trusted proxy", 'server.host = "0.0.0.0"\nproxy.trusted = ["10.0.0.1"]\nproxy.header = "forwarded"', 0],
  ["with TLS", 'server.host = "0.0.0.0"\ntls.mode = "files"\ntls.cert = "c"\ntls.key = "k"', 0],
];
for (const [where, settings, warnings] of places) {
  test(`auth ${warnings ? "warns of" : "has no"} passwords in the clear ${where}`, async () => {
    const { logger, lines } = recordingLogger();
    await auth.prepare?.(configWith(`${users}\n${settings}`), logger);
    assert.equal(lines.filter(({ message }) => /in the clear/.test(message)).length, warnings);
  });
}

test("auth refuses a window of failures that is too short to count in", () => {
  assert.throws(() => load("auth.failures_max = 5\nauth.failures_window_ms = 10"), /failures_window_ms = 10/);
});
