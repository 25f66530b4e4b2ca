import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { ForwardedForHops, ForwardedHops, type Hops } from "../../src/http/forwarded.ts";
import { formatAddress } from "../../src/http/ip-address.ts";

/** All hops from the nearest on, up to the first that is unknown, which is "?". */
function read(hops: Hops): readonly string[] {
  const words = new Int32Array(4);
  const list: string[] = [];
  for (let kind = hops.next(words); kind !== "none"; kind = hops.next(words)) {
    list.push(kind === "address" ? formatAddress(words) : "?");
    if (kind === "unknown") break;
  }
  return list;
}

const long = "x".repeat(600);

describe("ForwardedForHops reads", () => {
  const rows: readonly (readonly [field: string, hops: readonly string[]])[] = [
    ["", []],
    ["192.0.2.1", ["192.0.2.1"]],
    ["192.0.2.1, 192.0.2.2", ["192.0.2.2", "192.0.2.1"]],
    [" \t192.0.2.1\t,192.0.2.2 ", ["192.0.2.2", "192.0.2.1"]],
    [",, 192.0.2.1 , ,", ["192.0.2.1"]],
    ["192.0.2.1:4711", ["192.0.2.1"]],
    ["2001:db8::1", ["2001:db8::1"]],
    ["[2001:db8::1]", ["2001:db8::1"]],
    ["[2001:db8::1]:443", ["2001:db8::1"]],
    ["::ffff:192.0.2.1", ["192.0.2.1"]],
    ["192.0.2.1, unknown", ["?"]],
    ["192.0.2.1, unknown, 192.0.2.2", ["192.0.2.2", "?"]],
    ["192.0.2.1:", ["?"]],
    ["192.0.2.1:123456", ["?"]],
    ["[192.0.2.1]", ["?"]],
    ["[2001:db8::1", ["?"]],
    ["[2001:db8::1]x", ["?"]],
    ['"192.0.2.1"', ["?"]],
    ["fe80::1%eth0", ["?"]],
    ["192.0.2.1\u0000", ["?"]],
    [long, ["?"]],
    [`${long}, 192.0.2.2`, ["192.0.2.2", "?"]],
    [",".repeat(600), ["?"]],
  ];
  for (const [field, hops] of rows) {
    it(JSON.stringify(field.slice(0, 60)), () => assert.deepEqual(read(new ForwardedForHops(field)), hops));
  }
});

describe("ForwardedHops reads", () => {
  const rows: readonly (readonly [field: string, hops: readonly string[]])[] = [
    ["", []],
    ["for=192.0.2.1", ["192.0.2.1"]],
    ["For=192.0.2.1;proto=https;by=203.0.113.43", ["192.0.2.1"]],
    ["by=203.0.113.43 ; FOR=192.0.2.1", ["192.0.2.1"]],
    ['for="192.0.2.1:4711"', ["192.0.2.1"]],
    ['for="[2001:db8:cafe::17]:4711"', ["2001:db8:cafe::17"]],
    ['for="[2001:db8:cafe::17]:_port"', ["2001:db8:cafe::17"]],
    ['for="\\1\\9\\2.0.2.1"', ["192.0.2.1"]],
    ["for=192.0.2.43, for=198.51.100.17", ["198.51.100.17", "192.0.2.43"]],
    ["for=192.0.2.43,for=198.51.100.17;by=203.0.113.60;proto=http;host=example.com", ["198.51.100.17", "192.0.2.43"]],
    ['for=192.0.2.43, for="[2001:db8:cafe::17]", for=unknown', ["?"]],
    ['for=unknown, for="[2001:db8:cafe::17]"', ["2001:db8:cafe::17", "?"]],
    ["for=_hidden, for=_SEVKISEK", ["?"]],
    ["for=[2001:db8::1]:80", ["2001:db8::1"]],
    ["for=2001:db8::1", ["?"]],
    ['for="2001:db8::1"', ["?"]],
    ["proto=https", ["?"]],
    ["for=192.0.2.1;for=192.0.2.2", ["?"]],
    ["for=", ["?"]],
    ["=192.0.2.1", ["?"]],
    ["192.0.2.1", ["?"]],
    ["for 192.0.2.1", ["?"]],
    [", ,for=192.0.2.1, ;", ["192.0.2.1"]],
    // What a client wrote further left cannot hide what its proxy wrote.
    ['for=192.0.2.66;by=", for=192.0.2.1', ["192.0.2.1", "?"]],
    ['for="192.0.2.66, for=192.0.2.1', ["192.0.2.1", "?"]],
    ['by="a, for=192.0.2.66";for=192.0.2.1', ["192.0.2.1"]],
    ['by="\\", for=192.0.2.66";for=192.0.2.1', ["192.0.2.1"]],
    ['for=192.0.2.66\\", for=192.0.2.1', ["192.0.2.1", "?"]],
    [`for=192.0.2.1;x=${long}`, ["?"]],
    [`x="${long}";for=192.0.2.1`, ["?"]],
    [`for=${long}, for=192.0.2.1`, ["192.0.2.1", "?"]],
    [";".repeat(600), ["?"]],
  ];
  for (const [field, hops] of rows) {
    it(JSON.stringify(field.slice(0, 60)), () => assert.deepEqual(read(new ForwardedHops(field)), hops));
  }
});

describe("both readers", () => {
  const piece = fc.constantFrom(
    ...[
      "for=",
      "by=",
      '"',
      "\\",
      ",",
      ";",
      "=",
      " ",
      "[",
      "]",
      ":",
      "192.0.2.1",
      "2001:db8::1",
      "unknown",
      "_x",
      "\u00ff",
    ],
  );
  const field = fc.oneof(
    fc.string(),
    fc.array(piece, { maxLength: 40 }).map((parts) => parts.join("")),
  );

  it("end, whatever the field", () => {
    fc.assert(
      fc.property(field, (text) => {
        for (const hops of [new ForwardedForHops(text), new ForwardedHops(text)]) {
          assert.ok(read(hops).length <= text.length);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("read first what stands last, whatever a client wrote before it", () => {
    fc.assert(
      fc.property(field, (text) => {
        assert.equal(read(new ForwardedForHops(`${text}, 203.0.113.9`))[0], "203.0.113.9");
        assert.equal(read(new ForwardedHops(`${text}, for=203.0.113.9`))[0], "203.0.113.9");
      }),
      { numRuns: 2000 },
    );
  });
});
