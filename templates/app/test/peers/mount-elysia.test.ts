import { describe, it } from "node:test";
import { adapter } from "../fixture/capability.ts";
import { mountCases, mountedAtRoot } from "../fixture/mount-cases.ts";

if (adapter === "bun") {
  const { Elysia } = await import("elysia");
  const app = new Elysia()
    .onError(({ code, status }) => (code === "NOT_FOUND" ? status(404, "not here") : status(500, "failed")))
    .get("/hello/:name", ({ params }) => `hello ${params.name}`)
    .get("/query", ({ query }) => query.q)
    .post("/echo", ({ body }) => body, { parse: "text" })
    .get("/moved", ({ redirect }) => redirect("/api/hello/x"))
    .get("/throw", () => {
      throw new Error("a secret of the app");
    });
  describe("mount() with Elysia", () => {
    mountCases(app);
    mountedAtRoot(app);
  });
} else {
  it("mount() with Elysia", { skip: "Elysia is made for Bun" });
}
