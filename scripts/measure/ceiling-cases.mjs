/** What scripts/measure/ceilings.mjs compares: the bare runtimes in several forms, and frameworks on them. */
import { programs, serverFile } from "./programs.mjs";

const bun = (form, ...rest) => [...programs.bun, serverFile("ceilings/bun.mjs"), form, ...rest];
const deno = (form, ...rest) => [...programs.deno, serverFile("ceilings/deno.mjs"), form, ...rest];
const feature = (runtime, name, ...args) => [...programs[runtime], serverFile(`features/${name}.mjs`), ...args];

/** The same 13 bytes of text on every server; "nginx" is started by itself. */
const text = [
  { name: "Bun, static route", command: bun("static") },
  { name: "Bun, route function", command: bun("route") },
  { name: "Bun, fetch and a Map of routes", command: bun("map") },
  { name: "Bun, route function with 4 headers", command: bun("headers") },
  { name: "Bun, route function with requestIP", command: bun("address") },
  { name: "Bun, route function that reads 2 headers", command: bun("reads") },
  { name: "Bun, async route function", command: bun("async") },
  { name: "Deno.serve, plain", command: deno("plain") },
  { name: "Deno.serve, a Map of routes", command: deno("map") },
  { name: "Deno.serve, with 4 headers", command: deno("headers") },
  { name: "Deno.serve, reads a header and the address", command: deno("reads") },
  { name: "node:http on Deno", command: [...programs.deno, serverFile("ceilings/node-http.mjs")] },
  { name: "node:http on Node", command: [...programs.node, serverFile("ceilings/node-http.mjs")] },
  { name: "nginx, return 200", command: "nginx" },
];

/** The same small JSON from a route with a parameter, by each framework's own means. */
const frameworks = [
  { name: "bare Bun", command: feature("bun", "bare", "literal", "{}", "") },
  { name: "Elysia on Bun", command: feature("bun", "elysia", "bare") },
  { name: "Hono on Bun", command: feature("bun", "hono", "bare") },
  { name: "bare Deno", command: feature("deno", "bare", "literal", "{}", "") },
  { name: "Hono on Deno", command: feature("deno", "hono", "bare") },
];

const pipelined = ["Bun, static route", "Bun, route function", "Deno.serve, plain", "nginx, return 200"];

/** Loaded one after the other within a round; all servers of a group run at the same time. */
export const httpGroups = {
  text: { title: "13 bytes of text, 64 connections", path: "/", cases: text },
  pipelined: {
    title: "The same, 16 requests in one go on each connection",
    path: "/",
    script: serverFile("ceilings/pipeline.lua"),
    cases: text.filter(({ name }) => pipelined.includes(name)),
  },
  frameworks: { title: "Small JSON from `/user/:id`, 64 connections", path: "/user/42", cases: frameworks },
};

export const socketCases = [
  { name: "Bun, echo", mode: "echo", command: bun("sockets") },
  { name: "Deno, echo", mode: "echo", command: deno("sockets") },
  { name: "Bun, broadcast by publish()", mode: "broadcast", command: bun("sockets", "broadcast") },
  { name: "Deno, broadcast by a loop", mode: "broadcast", command: deno("sockets", "broadcast") },
];

export const idleCases = [
  { name: "Bun, HTTP", kind: "http", command: bun("sockets") },
  { name: "Bun, WebSocket", kind: "webSocket", command: bun("sockets") },
  { name: "Deno, HTTP", kind: "http", command: deno("sockets") },
  { name: "Deno, WebSocket", kind: "webSocket", command: deno("sockets") },
];
