import assert from "node:assert/strict";
import { test } from "node:test";
import { securityHeaderPairs, securityHeaders } from "../../src/features/security-headers.ts";
import { recordingLogger } from "../fixture/recording-logger.ts";
import { installed } from "../fixture/services.ts";
import { configWith, load } from "./reference-config.ts";

test("securityHeaders adds nothing by default", async () => {
  assert.deepEqual((await installed(securityHeaders, configWith(""))).hooks, {});
});

test("securityHeaderPairs has what the settings say, and nothing else", () => {
  const config = configWith(`
    [security_headers]
    nosniff = true
    content_security_policy = "default-src 'none'; frame-ancestors 'none'"
    referrer_policy = "no-referrer"
    cross_origin_resource_policy = "same-origin"
  `);
  assert.deepEqual(securityHeaderPairs(config), [
    ["x-content-type-options", "nosniff"],
    ["content-security-policy", "default-src 'none'; frame-ancestors 'none'"],
    ["referrer-policy", "no-referrer"],
    ["cross-origin-resource-policy", "same-origin"],
  ]);
});

const files = `[tls]\nmode = "files"\ncert = "c.pem"\nkey = "k.pem"\n`;
const dev = `[tls]\nmode = "dev"\ncert = "c.pem"\nkey = "k.pem"\n`;
const proxied = `[proxy]\ntrusted = ["10.0.0.0/8"]\nheader = "forwarded"\n`;

const rows: readonly (readonly [where: string, text: string, value: string | undefined])[] = [
  ["with certificate files", files, "max-age=31536000"],
  ["behind a trusted proxy", proxied, "max-age=31536000"],
  ["without TLS", "", undefined],
  ["with a development certificate", dev, undefined],
  ["with a development certificate behind a trusted proxy", dev + proxied, undefined],
];
for (const [where, text, value] of rows) {
  test(`securityHeaders ${value ? "sends" : "leaves out, with a warning,"} Strict-Transport-Security ${where}`, async () => {
    const config = configWith(`${text}\n[security_headers]\nhsts_s = 31536000\n`);
    const { logger, lines } = recordingLogger();
    await securityHeaders.prepare?.(config, logger);
    assert.equal(new Map(securityHeaderPairs(config)).get("strict-transport-security"), value);
    assert.deepEqual(
      lines.map(({ level, fields }) => [level, fields.key]),
      value ? [] : [["warn", "security_headers.hsts_s"]],
    );
  });
}

test("securityHeaderPairs names subdomains in Strict-Transport-Security only when asked", () => {
  const config = configWith(`${files}\n[security_headers]\nhsts_s = 60\nhsts_subdomains = true\n`);
  assert.deepEqual(securityHeaderPairs(config), [["strict-transport-security", "max-age=60; includeSubDomains"]]);
});

test("security_headers refuses a value that would end the header's line", () => {
  assert.throws(() => load('security_headers.referrer_policy = "a\\r\\nset-cookie: b"'), /security_headers/);
});
