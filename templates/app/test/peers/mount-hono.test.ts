import { describe } from "node:test";
import { Hono } from "hono";
import { mountCases, mountedAtRoot } from "../fixture/mount-cases.ts";

const app = new Hono();
app.get("/hello/:name", (context) => context.text(`hello ${context.req.param("name")}`));
app.get("/query", (context) => context.text(context.req.query("q") ?? ""));
app.post("/echo", async (context) => context.text(await context.req.text()));
app.get("/moved", (context) => context.redirect("/api/hello/x"));
app.get("/throw", () => {
  throw new Error("a secret of the app");
});
app.notFound((context) => context.text("not here", 404));
app.onError((error) => {
  throw error;
});

describe("mount() with Hono", () => {
  mountCases(app);
  mountedAtRoot(app);
});
describe("mount() with Hono's fetch", () => mountedAtRoot(app.fetch));
