import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { configurationView } from "../../../src/config/configuration-view.ts";
import { showValue } from "../../../src/config/problem.ts";
import { isSecret, redact } from "../../../src/config/secret.ts";
import { settingTable } from "../../../src/config/settings.ts";
import { load } from "../reference-config.ts";

const names: readonly (readonly [string, boolean])[] = [
  ["token", true],
  ["auth_token", true],
  ["TOKEN_NEXT", true],
  ["password", true],
  ["db.password", true],
  ["client_secret", true],
  ["api_key", true],
  ["session_key", true],
  ["credentials", true],
  ["key", false],
  ["cert", false],
  ["tokenizer_mode", false],
  ["keys_max", false],
];

for (const [name, expected] of names) {
  test(`isSecret("${name}") is ${expected}`, () => assert.equal(isSecret(name), expected));
}

test("isSecret() believes the schema's mark on the type and on what it wraps", () => {
  const marked = z.string().meta({ secret: true });
  assert.equal(isSecret("plain", marked), true);
  assert.equal(isSecret("plain", marked.optional(), marked), true);
  assert.equal(isSecret("plain", z.string()), false);
});

test("redact() hides a secret and the credentials inside an address, nothing else", () => {
  assert.equal(redact("hunter2", true), "[redacted]");
  assert.equal(redact(undefined, true), undefined);
  assert.equal(redact("redis://me:hunter2@host/0", false), "redis://[redacted]@host/0");
  assert.equal(redact("http://host/a@b", false), "http://host/a@b");
  assert.equal(redact(3000, false), 3000);
});

test("showValue() shows no secret in an error and cuts long values", () => {
  assert.equal(showValue("hunter2", true), '"[redacted]"');
  assert.equal(showValue("a".repeat(200), false), `"${"a".repeat(79)}...`);
});

test("configurationView() hides a setting that a later schema marks or names as secret", () => {
  const later = z.strictObject({
    admin: z.strictObject({
      token: z.string(),
      host: z.string().meta({ secret: true }).optional(),
      port: z.number(),
    }),
  });
  const loaded = load("");
  const config = { ...loaded.config, admin: { ...loaded.config.admin, token: "hunter2" } };
  const origin = { ...loaded.origin, "admin.token": "user" };
  const text = JSON.stringify(configurationView({ ...loaded, config, origin }, settingTable(later)).settings);
  assert.equal(
    text,
    '{"admin.token":{"value":"[redacted]","origin":"user"},"admin.host":{"value":"[redacted]","origin":"tuned"},"admin.port":{"value":9090,"origin":"tuned"}}',
  );
});

test("configurationView() gives value and origin of each set key, and paths of key files", () => {
  const view = configurationView(
    load("[tls]\nmode = 'files'\ncert = 'c.pem'\nkey = 'k.pem'\n", { FASTSERVE__SERVER__PORT: "1" }),
  );
  assert.deepEqual(view.settings["server.port"], { value: 1, origin: "environment" });
  assert.deepEqual(view.settings["tls.key"], { value: "/project/k.pem", origin: "user" });
  assert.deepEqual(view.settings["workers.count"], { value: 2, origin: "tuned" });
  assert.equal(view.settings["engine.smol"], undefined);
  assert.equal(Object.keys(view.settings)[0], "server.host");
});
