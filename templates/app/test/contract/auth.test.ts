import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { auth } from "../../src/features/auth.ts";
import { defineRoutes } from "../../src/http/route.ts";
import { features, runtime } from "../../src/wiring.ts";
import { connect, exchange, requestText } from "../fixture/connection.ts";
import { basic, CredentialFiles, userLine } from "../fixture/credential-files.ts";
import { type Plane, startPlane } from "../fixture/plane.ts";

const routes = defineRoutes({
  "GET /open": ({ user }) => user ?? "nobody",
  "GET /basic": { auth: "basic", handler: ({ user }) => user ?? "nobody" },
  "GET /bearer": { auth: "bearer", handler: ({ user }) => user ?? "nobody" },
  "GET /either": { auth: ["bearer", "basic"], handler: ({ user }) => user ?? "nobody" },
});
const app = { routes, features: [...features.filter(({ name }) => name === "request-log"), auth], runtime };

const token = "dGhpcy1pcy1hLXRva2Vu.x~y+z/0=";
const digest = (text: string) => createHash("sha256").update(text).digest("hex");

const BASIC = 'Basic realm="a realm", charset="UTF-8"';
const BEARER = 'Bearer realm="a realm"';

describe("auth", () => {
  const files = new CredentialFiles();
  let plane: Plane;
  before(async () => {
    const users = `${await userLine("anna", "correct horse")}${await userLine("jos\u00e9", "p\u00e4ss:w\u00f6rd")}`;
    plane = await startPlane(
      {
        "auth.users_file": files.write("users", users),
        "auth.bearer_file": files.write("tokens", `ci:${digest(token)}\n`),
        "auth.realm": "a realm",
        "auth.hashes_max": 4,
        "auth.remembered_max": 10,
        "auth.remembered_ms": 60_000,
      },
      app,
    );
  });
  after(async () => {
    await plane.drain();
    files.remove();
  });

  const get = (path: string, authorization?: string) =>
    exchange(plane, "GET", path, undefined, authorization === undefined ? {} : { authorization });

  const let_in: readonly (readonly [path: string, authorization: string | undefined, user: string])[] = [
    ["/open", undefined, "nobody"],
    ["/open", basic("anna", "correct horse"), "nobody"],
    ["/basic", basic("anna", "correct horse"), "anna"],
    ["/basic", basic("jose\u0301", "p\u00e4ss:w\u00f6rd"), "jos\u00e9"],
    ["/bearer", `Bearer ${token}`, "ci"],
    ["/bearer", `bearer ${token}`, "ci"],
    ["/either", basic("anna", "correct horse"), "anna"],
    ["/either", `Bearer ${token}`, "ci"],
  ];
  for (const [path, authorization, user] of let_in) {
    it(`lets ${user} into ${path} with ${authorization?.slice(0, 12) ?? "nothing"}`, async () => {
      const response = await get(path, authorization);
      assert.deepEqual([response.status, response.text], [200, user]);
    });
  }

  type Row = readonly [path: string, authorization: string | undefined, status: number, challenge: string];
  const refused: readonly Row[] = [
    ["/basic", undefined, 401, BASIC],
    ["/basic", basic("anna", "wrong"), 401, BASIC],
    ["/basic", basic("nobody", "correct horse"), 401, BASIC],
    ["/basic", basic("anna", ""), 401, BASIC],
    ["/basic", "Basic !", 401, BASIC],
    ["/basic", "Basic", 401, BASIC],
    ["/basic", `Basic ${btoa("\xff:\xff")}`, 401, BASIC],
    ["/basic", `Bearer ${token}`, 401, BASIC],
    ["/basic", "Digest username=anna", 401, BASIC],
    ["/bearer", undefined, 401, BEARER],
    ["/bearer", basic("anna", "correct horse"), 401, BEARER],
    ["/bearer", `Bearer x${token}`, 401, `${BEARER}, error="invalid_token"`],
    ["/bearer", `Bearer ${digest(token)}`, 401, `${BEARER}, error="invalid_token"`],
    ["/bearer", "Bearer", 400, `${BEARER}, error="invalid_request"`],
    ["/bearer", `Bearer ${token} ${token}`, 400, `${BEARER}, error="invalid_request"`],
    ["/either", undefined, 401, `${BEARER}, ${BASIC}`],
    ["/either", basic("anna", "wrong"), 401, `${BEARER}, ${BASIC}`],
  ];
  for (const [path, authorization, status, challenge] of refused) {
    it(`answers ${status} on ${path} to ${JSON.stringify(authorization?.slice(0, 30) ?? null)}`, async () => {
      const response = await get(path, authorization);
      assert.deepEqual([response.status, response.headers.get("www-authenticate")], [status, challenge]);
      assert.ok(!response.text.includes("anna") && !response.text.includes(token), response.text);
    });
  }

  it("answers alike whether the name or the password is wrong", async () => {
    const answers = [await get("/basic", basic("anna", "wrong")), await get("/basic", basic("nobody", "wrong"))];
    assert.equal(answers[0]?.text, answers[1]?.text);
  });

  it("asks for HEAD what it asks for GET", async () => {
    assert.equal((await exchange(plane, "HEAD", "/basic")).status, 401);
  });

  it("serves one connection again and again from what it remembers", async () => {
    const connection = await connect(plane);
    const authorization = basic("anna", "correct horse");
    for (let count = 0; count < 20; count += 1) {
      connection.send(requestText("GET", "/basic", { authorization }));
      assert.equal((await connection.response()).text, "anna");
    }
    connection.destroy();
    assert.match(plane.controls.metrics(), /fastserve_auth_requests_total\{result="remembered"\} [1-9]/);
  });
});

describe("auth's limits and reload", () => {
  const files = new CredentialFiles();
  after(() => files.remove());

  it("makes a client wait after too many failures, and still serves whom it remembers", async () => {
    const plane = await startPlane(
      {
        "auth.users_file": files.write("users", await userLine("anna", "right")),
        "auth.bearer_file": files.write("tokens", ""),
        "auth.failures_max": 3,
        "auth.failures_window_ms": 3_600_000,
        "auth.remembered_max": 10,
        "auth.remembered_ms": 60_000,
      },
      app,
    );
    const get = (password: string) =>
      exchange(plane, "GET", "/basic", undefined, { authorization: basic("anna", password) });
    try {
      assert.equal((await get("right")).status, 200);
      for (const password of ["a", "b", "c"]) assert.equal((await get(password)).status, 401);
      const limited = await get("d");
      assert.equal(limited.status, 429);
      assert.match(limited.headers.get("retry-after") ?? "", /^[1-9]\d{0,3}$/);
      assert.equal((await get("right")).status, 200);
    } finally {
      await plane.drain();
    }
  });

  it("takes changed files at a reload, and keeps the old ones when the new are malformed", async () => {
    const path = files.write("changing", await userLine("anna", "old"));
    const plane = await startPlane(
      {
        "auth.users_file": path,
        "auth.bearer_file": files.write("none", ""),
        "auth.remembered_max": 10,
        "auth.remembered_ms": 60_000,
      },
      app,
    );
    const status = async (password: string) =>
      (await exchange(plane, "GET", "/basic", undefined, { authorization: basic("anna", password) })).status;
    try {
      assert.deepEqual([await status("old"), await status("new")], [200, 401]);
      files.write("changing", await userLine("anna", "new"));
      await plane.reload();
      assert.deepEqual([await status("old"), await status("new")], [401, 200]);
      files.write("changing", "anna:in the clear");
      await assert.rejects(plane.reload(), /auth\.users_file, line 1/);
      assert.deepEqual([await status("old"), await status("new")], [401, 200]);
    } finally {
      await plane.drain();
    }
  });

  it("is refused at start where a route asks for what has no file", async () => {
    await assert.rejects(startPlane({}, app), /route "GET \/basic" asks for "basic" authentication/);
  });
});
