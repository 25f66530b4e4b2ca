/**
 * The servers that bench:compare puts beside this project's, one row each. What they run is in servers/: small files, as
 * the documentation of each would have them written. Versions stand in package.json beside this file.
 */
import type { AdapterName } from "../../src/runtime/capabilities.ts";

export const peerNames = ["bare", "hono", "elysia", "fastify", "nginx"] as const;
export type PeerName = (typeof peerNames)[number];

/** A fixed text, a small object, and an object that depends on the path. */
export const compareRoutes = {
  constant: { path: "/constant", title: "/constant" },
  json: { path: "/json", title: "/json" },
  users: { path: "/users/42", title: "/users/:id" },
} as const satisfies Readonly<Record<string, { readonly path: string; readonly title: string }>>;
export type RouteName = keyof typeof compareRoutes;

export interface PeerRow {
  readonly name: PeerName;
  readonly label: string;
  /** In servers/, for each adapter of this project that it is compared with; null: it runs no program of ours. */
  readonly programs: Readonly<Partial<Record<AdapterName, string>>> | null;
  /** What runs the program. */
  readonly engine: "own" | "node" | "nginx";
  /** npm packages that it cannot do without; the first one's version is the peer's. */
  readonly packages: readonly string[];
  readonly routes: readonly RouteName[];
  /** Why it is not compared with other adapters. */
  readonly elsewhere: string;
  /** What keeps the comparison from being one of like with like. */
  readonly unlike: string | null;
  /** Where it is served by another interface of the runtime than this server: by which. */
  readonly otherInterface?: Readonly<Partial<Record<AdapterName, string>>>;
}

/** What serves this project's server, and the bare peer, on each adapter. */
export const interfaceOf: Readonly<Record<AdapterName, string>> = {
  bun: "Bun.serve",
  "deno-serve": "Deno.serve",
  "deno-http": "node:http",
};

/** The row's sentence, and one for an interface that this server does not have on this adapter. */
export function unlikesOf({ label, unlike, otherInterface, name }: PeerRow, adapter: AdapterName): readonly string[] {
  const other = otherInterface?.[adapter];
  const served = `${name}: ${label} is served by ${other} here and this server by ${interfaceOf[adapter]}`;
  return [
    ...(unlike === null ? [] : [unlike]),
    ...(other === undefined ? [] : [`${served}; the difference is of both, framework and interface.`]),
  ];
}

const allRoutes: readonly RouteName[] = ["constant", "json", "users"];

export const peerTable: readonly PeerRow[] = [
  {
    name: "bare",
    label: "bare",
    programs: { bun: "bare-bun.mjs", "deno-serve": "bare-deno-serve.mjs", "deno-http": "bare-node-http.mjs" },
    engine: "own",
    packages: [],
    routes: allRoutes,
    elsewhere: "",
    unlike:
      "bare: the runtime's own interface, routed and written by hand for these routes alone; what it costs is the floor.",
  },
  {
    name: "hono",
    label: "Hono",
    programs: { bun: "hono.mjs", "deno-serve": "hono.mjs", "deno-http": "hono.mjs" },
    engine: "own",
    packages: ["hono"],
    routes: allRoutes,
    elsewhere: "",
    unlike: null,
    // Hono's adapter for node:http is a package of its own, made for Node.
    otherInterface: { "deno-http": "Deno.serve" },
  },
  {
    name: "elysia",
    label: "Elysia",
    programs: { bun: "elysia.mjs" },
    engine: "own",
    packages: ["elysia", "@sinclair/typebox"],
    routes: allRoutes,
    elsewhere: "Elysia is made for Bun",
    unlike: null,
  },
  {
    name: "fastify",
    label: "Fastify",
    programs: { bun: "fastify.mjs", "deno-serve": "fastify.mjs", "deno-http": "fastify.mjs" },
    engine: "node",
    packages: ["fastify"],
    routes: allRoutes,
    elsewhere: "",
    unlike: "fastify: it runs on Node, another engine with another HTTP parser; the difference is of both.",
  },
  {
    name: "nginx",
    label: "nginx",
    programs: null,
    engine: "nginx",
    packages: [],
    // It has no handlers: an answer that depends on the path would be a line of its configuration language.
    routes: ["constant", "json"],
    elsewhere: "",
    unlike:
      "nginx: it runs no JavaScript. /constant is `return 200`, /json a static file; it counts requests by itself and times none.",
  },
];
