import assert from "node:assert/strict";
import { test } from "node:test";
import { FailedAttempts, failedAttemptsBytes } from "../../../src/features/auth/failed-attempts.ts";

const zone = () => new SharedArrayBuffer(failedAttemptsBytes);
const key = new Uint8Array(32).fill(7);
const options = (changes: Partial<{ zone: SharedArrayBuffer; max: number }> = {}) => ({
  zone: zone(),
  key,
  max: 3,
  windowMs: 60_000,
  ...changes,
});

test("FailedAttempts makes a client wait for the window's end after as many failures as it may have", () => {
  const failures = new FailedAttempts(options());
  for (let count = 0; count < 3; count += 1) {
    assert.equal(failures.waitMs("192.0.2.1", 60_000), 0);
    failures.add("192.0.2.1", 60_000);
  }
  assert.equal(failures.waitMs("192.0.2.1", 60_000), 60_000);
  assert.equal(failures.waitMs("192.0.2.1", 119_999), 1);
  assert.equal(failures.waitMs("192.0.2.1", 120_000), 0);
});

test("FailedAttempts counts anew in each window", () => {
  const failures = new FailedAttempts(options({ max: 2 }));
  failures.add("192.0.2.1", 0);
  failures.add("192.0.2.1", 60_000);
  assert.equal(failures.waitMs("192.0.2.1", 60_000), 0);
});

test("FailedAttempts is one count for all workers", () => {
  const shared = options();
  const [first, second] = [new FailedAttempts(shared), new FailedAttempts(shared)];
  first.add("192.0.2.1", 0);
  second.add("192.0.2.1", 0);
  first.add("192.0.2.1", 0);
  assert.equal(second.waitMs("192.0.2.1", 0), 60_000);
});

test("FailedAttempts takes an IPv6 network for one client, and IPv4 addresses for several", () => {
  const failures = new FailedAttempts(options({ max: 1 }));
  failures.add("2001:db8:1:2:aaaa::1", 0);
  failures.add("192.0.2.1", 0);
  const waits = ["2001:db8:1:2:bbbb::2", "2001:db8:1:3::1", "::ffff:192.0.2.1", "192.0.2.2"].map((client) =>
    failures.waitMs(client, 0),
  );
  assert.deepEqual(waits, [60_000, 0, 60_000, 0]);
});

test("FailedAttempts stops counting before the count would run into the window's number", () => {
  const failures = new FailedAttempts(options({ max: 4095 }));
  for (let count = 0; count < 5000; count += 1) failures.add("192.0.2.1", 0);
  assert.equal(failures.waitMs("192.0.2.1", 0), 60_000);
  assert.equal(failures.waitMs("192.0.2.1", 60_000), 0);
});
