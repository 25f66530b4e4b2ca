import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { AddressSet, parseNetwork } from "../../src/http/cidr.ts";
import { formatAddress, parseAddress } from "../../src/http/ip-address.ts";

function canonical(text: string): string | undefined {
  const words = new Int32Array(4);
  return parseAddress(text, words) ? formatAddress(words) : undefined;
}

describe("parseAddress() and formatAddress()", () => {
  const rows: readonly (readonly [text: string, canonical: string])[] = [
    ["192.0.2.1", "192.0.2.1"],
    ["0.0.0.0", "0.0.0.0"],
    ["255.255.255.255", "255.255.255.255"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["::FFFF:C000:201", "192.0.2.1"],
    ["::", "::"],
    ["::1", "::1"],
    ["1::", "1::"],
    ["2001:DB8::0001", "2001:db8::1"],
    ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["2001:0:0:1:0:0:0:1", "2001:0:0:1::1"],
    ["1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"],
    ["1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"],
    ["::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"],
    ["1:2:3:4:5:6:192.0.2.1", "1:2:3:4:5:6:c000:201"],
    ["64:ff9b::192.0.2.33", "64:ff9b::c000:221"],
    ["ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ];
  for (const [text, expected] of rows) it(`read ${text}`, () => assert.equal(canonical(text), expected));

  const refused = [
    ...[
      "",
      " ",
      "1",
      "1.2.3",
      "1.2.3.4.5",
      "1.2.3.256",
      "1.2.3.",
      ".1.2.3",
      "1..2.3",
      "01.2.3.4",
      "1.2.3.4 ",
      "0x1.2.3.4",
    ],
    ...["1.2.3.4:80", "1.2.3.-4", "1.2.3.٤", "localhost", "unknown", "_hidden", "[::1]", "fe80::1%eth0", "1.2.3.4/32"],
    ...[":", ":::", "1:", ":1", "1:2", "1::2::3", "12345::", "g::", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "::1:"],
    ...["1:2:3:4:5:6:7:1.2.3.4", "::1.2.3", "::1.2.3.4:5", "::01.2.3.4", "1.2.3.4::", "::ffff:192.0.2.1:1"],
  ];
  for (const text of refused) it(`refuse "${text}"`, () => assert.equal(canonical(text), undefined));

  it("give back every address that they are given", () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 4, maxLength: 4 }), (values) => {
        const words = Int32Array.from(values);
        const read = new Int32Array(4);
        assert.ok(parseAddress(formatAddress(words), read), formatAddress(words));
        assert.deepEqual(read, words);
      }),
    );
    fc.assert(fc.property(fc.ipV4(), (text) => assert.equal(canonical(text), text)));
    fc.assert(fc.property(fc.ipV6(), (text) => assert.notEqual(canonical(text), undefined)));
  });
});

describe("AddressSet", () => {
  const set = new AddressSet(["10.0.0.0/8", "192.0.2.7", "198.51.100.128/25", "2001:db8::/33", "::1", "fe80::/10"]);
  const rows: readonly (readonly [address: string, isIn: boolean])[] = [
    ["10.255.0.1", true],
    ["11.0.0.0", false],
    ["::ffff:10.1.2.3", true],
    ["192.0.2.7", true],
    ["192.0.2.8", false],
    ["198.51.100.127", false],
    ["198.51.100.128", true],
    ["2001:db8:7fff::", true],
    ["2001:db8:8000::", false],
    ["::1", true],
    ["::2", false],
    ["fe80::1", true],
    ["fec0::1", false],
    ["::10.0.0.1", false],
  ];
  for (const [address, isIn] of rows) {
    it(`${isIn ? "has" : "does not have"} ${address}`, () => {
      const words = new Int32Array(4);
      parseAddress(address, words);
      assert.equal(set.has(words), isIn);
    });
  }

  it("takes an IPv4 range in its mapped form", () => {
    const words = new Int32Array(4);
    parseAddress("10.1.2.3", words);
    assert.equal(new AddressSet(["::ffff:10.0.0.0/104"]).has(words), true);
  });
});

describe("parseNetwork() refuses", () => {
  const rows: readonly (readonly [entry: string, reason: RegExp])[] = [
    ["10.0.0.0/33", /prefix length of 1 to 32/],
    ["10.0.0.0/", /prefix length of 1 to 32/],
    ["10.0.0.0/08", /prefix length/],
    ["10.0.0.0/-1", /prefix length/],
    ["2001:db8::/129", /prefix length of 1 to 128/],
    ["10.0.0.1/8", /bits beyond its prefix; write 10\.0\.0\.0\/8/],
    ["2001:db8::1/32", /write 2001:db8::\/32/],
    ["0.0.0.0/0", /every address/],
    ["::/0", /every address/],
    ["proxy.example", /neither an IP address nor a CIDR range/],
    ["10.0.0/8", /neither an IP address/],
    ["/8", /neither an IP address/],
  ];
  for (const [entry, reason] of rows) {
    it(`"${entry}"`, () => {
      assert.throws(
        () => parseNetwork(entry),
        (error: Error) =>
          error instanceof TypeError && error.message.startsWith(`"${entry}"`) && reason.test(error.message),
      );
    });
  }
});
