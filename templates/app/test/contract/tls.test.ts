import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { without } from "../fixture/capability.ts";
import { type Certificate, makeCertificate, withoutOpenssl } from "../fixture/certificate.ts";
import { connect, exchange, requestText } from "../fixture/connection.ts";
import { type Plane, startPlane } from "../fixture/plane.ts";

describe("tls", { skip: withoutOpenssl() }, () => {
  let certificate: Certificate;
  let intermediate: Plane;
  let modern: Plane;
  before(async () => {
    certificate = makeCertificate();
    const { certPem, keyPem } = certificate;
    intermediate = await startPlane({}, undefined, { certPem, keyPem, profile: "intermediate" });
    modern = await startPlane({}, undefined, { certPem, keyPem, profile: "modern" });
  });
  after(async () => {
    await Promise.all([intermediate?.drain(), modern?.drain()]);
    certificate?.remove();
  });

  const target = (plane: Plane) => ({ port: plane.port, ca: certificate.certPem });

  it("serves HTTP to a client that verifies the certificate", async () => {
    for (const plane of [intermediate, modern]) {
      assert.equal((await exchange(target(plane), "GET", "/users/42")).text, '{"id":"42"}');
    }
  });

  it("carries bodies both ways, several on one connection", async () => {
    const connection = await connect(target(intermediate));
    for (const size of [1, 2048, 102_400]) {
      const body = new Uint8Array(size).fill(size & 255);
      connection.send(requestText("POST", "/echo", { "content-length": String(size) }), body);
      assert.deepEqual((await connection.response()).body, body);
    }
    connection.destroy();
  });

  it("tells handlers that the scheme is https", async () => {
    const response = await exchange(target(intermediate), "GET", "/scheme");
    assert.equal(response.text, "https:");
  });

  it("accepts TLS 1.2 in the intermediate profile", async () => {
    const old = { ...target(intermediate), tlsVersionMax: "TLSv1.2" } as const;
    assert.equal((await exchange(old, "GET", "/exact")).text, "exact");
  });

  it("refuses TLS 1.2 in the modern profile", { skip: without("tlsProfile") }, async () => {
    const old = { ...target(modern), tlsVersionMax: "TLSv1.2" } as const;
    await assert.rejects(async () => {
      const connection = await connect(old);
      connection.send(requestText("GET", "/exact"));
      await connection.response();
    });
  });

  it("goes on serving after a client that speaks no TLS", async () => {
    const connection = await connect({ port: intermediate.port });
    connection.send(requestText("GET", "/exact"));
    const response = await connection.response().catch(() => undefined);
    assert.notEqual(response?.status, 200);
    connection.destroy();
    assert.equal((await exchange(target(intermediate), "GET", "/exact")).text, "exact");
  });
});
