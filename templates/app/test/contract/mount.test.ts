import { describe } from "node:test";
import { mountCases, mountedAtRoot } from "../fixture/mount-cases.ts";

/** A fetch-style app without a framework. */
async function app(request: Request): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url);
  const [, first, second = ""] = pathname.split("/");
  const isGet = request.method === "GET" || request.method === "HEAD";
  if (isGet && first === "hello") return new Response(`hello ${decodeURIComponent(second)}`);
  if (isGet && first === "query") return new Response(searchParams.get("q"));
  if (isGet && first === "moved") return new Response(null, { status: 302, headers: { location: "/api/hello/x" } });
  if (isGet && first === "throw") throw new Error("a secret of the app");
  if (request.method === "POST" && first === "echo") return new Response(await request.text());
  return new Response("not here", { status: 404 });
}

describe("mount() with a fetch function", () => {
  mountCases(app);
  mountedAtRoot(app);
});
describe("mount() with an object that has one", () => mountedAtRoot({ fetch: app }));
