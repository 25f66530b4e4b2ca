import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { ServerConfig } from "../../src/config/schema.ts";
import { clientAddress } from "../../src/http/client-address.ts";
import { Context } from "../../src/http/context.ts";
import { parseAddress } from "../../src/http/ip-address.ts";
import { pipelineServices } from "../fixture/services.ts";
import { load } from "./reference-config.ts";

type Proxy = ServerConfig["proxy"];
const trusted = ["10.0.0.0/8", "2001:db8:f::/48"];

function clientOf(proxy: Proxy, peer: string, headers: Readonly<Record<string, string>>): string {
  const services = pipelineServices({ address: () => peer, client: clientAddress(proxy) });
  return new Context(new Request("http://localhost/", { headers }), {}, undefined, undefined, services).client;
}

describe("clientAddress()", () => {
  const rows: readonly (readonly [name: string, peer: string, field: string | undefined, client: string])[] = [
    ["is the connection's when the peer is not trusted", "192.0.2.1", "203.0.113.9", "192.0.2.1"],
    ["is the field's when the peer is trusted", "10.0.0.1", "203.0.113.9", "203.0.113.9"],
    ["knows a trusted peer in its mapped form", "::ffff:10.0.0.1", "203.0.113.9", "203.0.113.9"],
    ["knows a trusted IPv6 peer", "2001:db8:f::1", "203.0.113.9", "203.0.113.9"],
    ["is the proxy's when the field is missing", "10.0.0.1", undefined, "10.0.0.1"],
    ["stops at the first hop that is not trusted", "10.0.0.1", "1.1.1.1, 203.0.113.9, 10.0.0.2", "203.0.113.9"],
    ["ignores what stands left of it, garbage or not", "10.0.0.1", "<script>, 203.0.113.9", "203.0.113.9"],
    ["is the farthest hop when all are trusted", "10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"],
    ["is the last trustworthy one before garbage", "10.0.0.1", "1.1.1.1, what, 10.0.0.2", "10.0.0.2"],
    ["is the proxy's before garbage", "10.0.0.1", "1.1.1.1, unknown", "10.0.0.1"],
    ["is canonical", "10.0.0.1", "2001:DB8:0::1", "2001:db8::1"],
    ["is what 20 proxies in a row pass on", "10.0.0.1", `203.0.113.9${", 10.0.0.7".repeat(20)}`, "203.0.113.9"],
    ["is the 32nd of a chain that is longer", "10.0.0.1", `203.0.113.9${", 10.0.0.7".repeat(40)}`, "10.0.0.7"],
    ["is IPv4 where the connection's is mapped", "::ffff:192.0.2.1", "203.0.113.9", "192.0.2.1"],
    ["is the proxy's without mapping before garbage", "::ffff:10.0.0.1", "unknown", "10.0.0.1"],
    ["is the connection's as it is where that only looks mapped", "::ffff:1", "203.0.113.9", "::ffff:1"],
    ["is empty when the connection's is", "", "203.0.113.9", ""],
    ["is the connection's with its zone", "fe80::1%eth0", "203.0.113.9", "fe80::1%eth0"],
  ];
  for (const [name, peer, field, client] of rows) {
    it(name, () => {
      const headers: Record<string, string> = field === undefined ? {} : { "x-forwarded-for": field };
      assert.equal(clientOf({ header: "x-forwarded-for", trusted }, peer, headers), client);
    });
  }

  it("is IPv4 where the connection's is mapped and no proxy is trusted", () => {
    assert.equal(clientOf({ header: "none", trusted: [] }, "::ffff:192.0.2.1", {}), "192.0.2.1");
  });

  it("reads the configured field only", () => {
    const headers = { "x-forwarded-for": "203.0.113.9", forwarded: "for=203.0.113.7", "x-real-ip": "203.0.113.8" };
    assert.equal(clientOf({ header: "forwarded", trusted }, "10.0.0.1", headers), "203.0.113.7");
    assert.equal(clientOf({ header: "x-forwarded-for", trusted }, "10.0.0.1", headers), "203.0.113.9");
    assert.equal(clientOf({ header: "none", trusted }, "10.0.0.1", headers), "10.0.0.1");
    assert.equal(clientOf({ header: "forwarded", trusted: [] }, "10.0.0.1", headers), "10.0.0.1");
  });

  it("tells one peer's trust from the next one's", () => {
    const client = clientAddress({ header: "x-forwarded-for", trusted });
    const of = (peer: string) => {
      const request = new Request("http://localhost/", { headers: { "x-forwarded-for": "203.0.113.9" } });
      const services = pipelineServices({ address: () => peer });
      return client(new Context(request, {}, undefined, undefined, services));
    };
    assert.deepEqual(["10.0.0.1", "192.0.2.1", "10.0.0.1"].map(of), ["203.0.113.9", "192.0.2.1", "203.0.113.9"]);
  });

  it("is the connection's or a well-formed address, whatever the field says", () => {
    const words = new Int32Array(4);
    const bytes = fc.string({ unit: fc.integer({ min: 32, max: 126 }).map((code) => String.fromCharCode(code)) });
    fc.assert(
      fc.property(fc.constantFrom("x-forwarded-for", "forwarded"), bytes, (header, field) => {
        const client = clientOf({ header, trusted } as Proxy, "10.0.0.1", { [header]: field });
        assert.ok(client === "10.0.0.1" || parseAddress(client, words), client);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("the configuration refuses", () => {
  const rows: readonly (readonly [user: string, reason: RegExp])[] = [
    [
      'trusted = ["10.0.0.0/8", "10.0.0.1/33"]\nheader = "forwarded"',
      /proxy\.trusted: "10\.0\.0\.1\/33" needs a prefix/,
    ],
    ['trusted = ["all"]\nheader = "forwarded"', /proxy\.trusted: "all" is neither/],
    ['trusted = ["10.0.0.1"]', /proxy\.header does not say which field/],
    ['header = "forwarded"', /proxy\.header = "forwarded" counts only from trusted proxies/],
  ];
  for (const [user, reason] of rows) {
    it(user.replace("\n", ", "), () => assert.throws(() => load(`[proxy]\n${user}\n`), reason));
  }
});
