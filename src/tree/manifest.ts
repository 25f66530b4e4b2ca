/**
 * Where each file of `templates/` goes: one row claims it, and a test proves that exactly one does.
 *
 * `to` is always spelled out, because npm does not pack a file named `.gitignore`. A row's `from` is a file, a folder
 * ("app/src/http/") or a beginning ("app/src/features/websocket*"); for the last two, `to` replaces that beginning.
 */
import type { AdapterName } from "../../templates/app/src/runtime/capabilities.ts";
import { type DeployTarget, type FeatureName, featureNames } from "../answers/choices.ts";
import type { Plan } from "../plan/plan.ts";
import { dockerfileView, serviceView } from "./deploy-views.ts";
import { emitDenoJson, emitPackageJson } from "./emit-package.ts";
import { emitProjectFile } from "./emit-project-file.ts";
import { emitTunedToml } from "./emit-tuned-toml.ts";
import { emitWiring } from "./emit-wiring.ts";
import type { FileEntry, Owner } from "./file-tree.ts";
import type { Profiles } from "./profile-wish.ts";
import { PROJECT_FILE } from "./project-file.ts";
import { proxyView } from "./proxy-view.ts";
import type { View } from "./render.ts";
import { readmeView } from "./views.ts";

interface Claim {
  readonly from: string;
}

interface Target {
  readonly to: string;
  readonly owner: Owner;
  readonly mode?: FileEntry["mode"];
  /** Absent: always. */
  readonly when?: (plan: Plan) => boolean;
}

/** Copied byte for byte. */
export interface CopyRow extends Claim, Target {
  readonly kind: "copy";
  /** Files, folders/ or beginnings* among them that other rows claim. */
  readonly except?: readonly string[];
}

/** A text with a view. */
export interface RenderRow extends Claim, Target {
  readonly kind: "render";
  readonly view: (plan: Plan, profiles?: Profiles) => View;
}

/** Printed from the plan by code; `twin` is the checked-in print of the reference plan, when there is one. */
export interface EmitRow extends Target {
  readonly kind: "emit";
  readonly twin?: string;
  readonly text: (plan: Plan, profiles?: Profiles) => string;
}

/** Needed only where the templates are developed. */
export interface KeepRow extends Claim {
  readonly kind: "keep";
  readonly why: string;
}

export type ManifestRow = CopyRow | RenderRow | EmitRow | KeepRow;

const isBun = (plan: Plan): boolean => plan.runtime === "bun";
const isDeno = (plan: Plan): boolean => plan.runtime === "deno";
const has = (feature: FeatureName) => (plan: Plan) => plan.features.includes(feature);
const isProxied = (plan: Plan): boolean => plan.answers.exposure.value === "proxy";
const deploysTo = (target: DeployTarget) => (plan: Plan) => plan.answers.deploy.value.includes(target);
const uses =
  (...adapters: readonly AdapterName[]) =>
  (plan: Plan) =>
    adapters.includes(plan.adapter);

/** A file or folder of the server that every project has, at the same place. */
function shared(path: string, owner: Owner = "merged"): CopyRow {
  return { kind: "copy", from: `app/${path}`, to: path, owner };
}

/** The same for one that only some plans have. */
function chosen(path: string, when: (plan: Plan) => boolean): CopyRow {
  return { ...shared(path), when };
}

function keep(path: string, why: string): KeepRow {
  return { kind: "keep", from: `app/${path}`, why };
}

function text(file: string, to: string, owner: Owner, view: RenderRow["view"] = () => ({})): RenderRow {
  return { kind: "render", from: `text/${file}`, to, owner, view };
}

/** Tests of a feature, and what only they use, come with the feature. Files, folders/ or beginnings*. */
const featureTests: Readonly<Record<FeatureName, readonly string[]>> = {
  "request-id": ["test/unit/request-id*", "test/contract/request-id*"],
  "request-log": ["test/unit/request-log*"],
  "security-headers": ["test/unit/security-headers*", "test/contract/security-headers*"],
  cors: ["test/unit/cors*", "test/contract/cors*"],
  overload: ["test/unit/overload*", "test/contract/overload*"],
  "rate-limit": ["test/unit/rate-limit*", "test/contract/rate-limit*"],
  auth: [
    "test/unit/auth/",
    "test/contract/auth*",
    "test/process/auth*",
    "test/process/credential-commands*",
    "test/fixture/credential-files.ts",
    "test/fixture/guarded/",
  ],
  "response-cache": [
    "test/unit/response-cache*",
    "test/contract/response-cache*",
    "test/contract/hosts-malformed*",
    "test/process/response-cache*",
    "test/fixture/cached-*",
  ],
  compression: ["test/unit/compression*", "test/contract/compression*"],
  tasks: ["test/contract/tasks*", "test/process/tasks*", "test/fixture/task*"],
  websocket: [
    "test/contract/websocket*",
    "test/contract/sinks-sockets*",
    "test/contract/frame-batch*",
    "test/fixture/socket*",
    "test/fixture/websocket-client.ts",
  ],
  "static-files": [
    "test/contract/file-pool*",
    "test/unit/static-files*",
    "test/contract/static-files*",
    "test/fixture/static-folder.ts",
  ],
};
/** Tests that need several features at once. */
const commonTests: readonly { readonly path: string; readonly features: readonly FeatureName[] }[] = [
  { path: "test/contract/encode-scratch*", features: ["compression", "response-cache"] },
  { path: "test/unit/memory/sinks-encode*", features: ["compression", "response-cache"] },
];
/** Minutes of smoke runs of the bench suite, which a project gets as it is and rarely changes. */
const suiteTests: readonly string[] = ["test/process/bench*", "test/fixture/bench-process.ts"];
const testsOfFeatures: readonly string[] = [
  ...Object.values(featureTests).flat(),
  ...commonTests.map(({ path }) => path),
].map((path) => `app/${path}`);

const serverRows: readonly ManifestRow[] = [
  shared("src/main.ts"),
  shared("src/dev.ts"),
  shared("src/worker.ts"),
  shared("src/launch.ts"),
  shared("src/doctor.ts"),
  shared("src/doctor/"),
  { ...shared("src/app/routes.ts", "seeded"), when: (plan) => !has("static-files")(plan) },
  // A route of "/" would hide the folder's index page.
  {
    kind: "copy",
    from: "app/src/app/routes-beside-files.ts",
    to: "src/app/routes.ts",
    owner: "seeded",
    when: has("static-files"),
  },
  shared("src/app/middleware.ts", "seeded"),
  { ...shared("src/app/sockets.ts", "seeded"), when: has("websocket") },
  { ...shared("src/app/tasks.ts", "seeded"), when: has("tasks") },
  { ...shared("public/", "seeded"), when: has("static-files") },
  shared("src/config/"),
  shared("src/control/"),
  shared("src/data/"),
  shared("src/http/"),
  shared("src/log/"),
  shared("src/memory/"),
  chosen("src/tasks/", has("tasks")),
  shared("src/zones/"),
  shared("src/runtime/port.ts"),
  shared("src/runtime/capabilities.ts"),
  shared("src/runtime/deadline.ts"),
  shared("src/runtime/open-file.ts"),
  shared("src/runtime/file-stamp.ts"),
  shared("src/runtime/dispatch.ts"),
  shared("src/runtime/collection-watch.ts"),
  shared("src/runtime/file-reader.ts"),
  shared("src/runtime/file-stream.ts"),
  chosen("src/runtime/bun.ts", isBun),
  chosen("src/runtime/bun-*", isBun),
  chosen("src/runtime/native-*", isBun),
  chosen("src/runtime/deno-process.ts", isDeno),
  chosen("src/runtime/deno-malloc.ts", isDeno),
  chosen("src/runtime/malloc-file.ts", isDeno),
  chosen("src/runtime/deno-serve.ts", uses("deno-serve")),
  chosen("src/runtime/deno-http.ts", uses("deno-http")),
  chosen("src/runtime/node-*", uses("deno-http")),
  chosen("src/runtime/file-chunks.ts", uses("deno-http")),
  chosen("src/runtime/frame-batch.ts", uses("bun", "deno-http")),
  shared("test/unit/runtime/malloc-proof.test.ts"),
  shared("test/unit/runtime/thread-memory-shared.test.ts"),
  chosen("test/unit/runtime/malloc-file.test.ts", isDeno),
  chosen("test/unit/runtime/frame-batch.test.ts", uses("bun", "deno-http")),
  chosen("test/unit/runtime/native-*", isBun),
  chosen("test/unit/runtime/node-*", uses("deno-http")),
  ...featureNames.map((name) => chosen(`src/features/${name}*`, has(name))),
  ...["test/attack/", "test/contract/", "test/fixture/", "test/fuzz/", "test/process/", "test/unit/"].map((folder) => ({
    ...shared(folder),
    except: [...testsOfFeatures, ...suiteTests.map((path) => `app/${path}`), "app/test/unit/runtime/"],
  })),
  ...featureNames.flatMap((name) => featureTests[name].map((path) => chosen(path, has(name)))),
  ...commonTests.map(({ path, features }) =>
    chosen(path, (plan) => features.every((name) => plan.features.includes(name))),
  ),
  shared("bench/"),
];

const generatedRows: readonly ManifestRow[] = [
  { kind: "emit", to: "src/wiring.ts", twin: "app/src/wiring.ts", owner: "merged", text: emitWiring },
  {
    kind: "emit",
    to: "fastserve.tuned.toml",
    twin: "app/fastserve.tuned.toml",
    owner: "managed",
    text: (plan) => emitTunedToml(plan),
  },
  { kind: "emit", to: "package.json", owner: "merged", text: emitPackageJson },
  { kind: "emit", to: "deno.json", owner: "merged", when: isDeno, text: emitDenoJson },
  { kind: "emit", to: PROJECT_FILE, owner: "merged", text: emitProjectFile },
  { kind: "copy", from: "app/tsconfig.bun.json", to: "tsconfig.json", owner: "merged", when: isBun },
  { kind: "copy", from: "app/tsconfig.deno.json", to: "tsconfig.json", owner: "merged", when: isDeno },
];

const textRows: readonly ManifestRow[] = [
  text("README.md.hbs", "README.md", "merged", readmeView),
  text("fastserve.toml.hbs", "fastserve.toml", "seeded"),
  text("gitignore.hbs", ".gitignore", "merged"),
  text("gitattributes.hbs", ".gitattributes", "merged"),
  { ...text("Dockerfile.hbs", "Dockerfile", "merged", dockerfileView), when: deploysTo("docker") },
  { ...text("dockerignore.hbs", ".dockerignore", "merged"), when: deploysTo("docker") },
  { ...text("nginx.conf.hbs", "deploy/nginx.conf", "merged", proxyView), when: isProxied },
  { ...text("haproxy.cfg.hbs", "deploy/haproxy.cfg", "merged", proxyView), when: isProxied },
  { ...text("service.hbs", "deploy/server.service", "merged", serviceView), when: deploysTo("systemd") },
  {
    kind: "copy",
    from: "text/workflow.yml",
    to: ".github/workflows/retune.yml",
    owner: "merged",
    when: deploysTo("github"),
  },
];

/** What the templates need to run where they stand. */
const inPlaceRows: readonly ManifestRow[] = [
  keep("package.json", "marks the folder's modules as ES modules; emit-package.ts prints the project's"),
  keep("deno.*", "swaps the wiring for Deno; emit-package.ts prints the project's"),
  ...suiteTests.map((path) =>
    keep(path, "runs the whole bench suite for minutes, which would make a project's tests slow"),
  ),
  keep("test/peers/", "compares with packages that a user's server does not have"),
  keep("fastserve.toml", "settings of the runs in place; text/fastserve.toml.hbs is the project's"),
  keep("src/wiring.deno*", "stand in for wiring.ts in runs under Deno"),
];

/** Templates of the files that each profile has for itself. */
const profileTemplates: readonly KeepRow[] = [
  {
    kind: "keep",
    from: "text/service-profile.conf.hbs",
    why: "profile-rows.ts writes it once for each profile, and never for the project itself",
  },
];

export const manifest: readonly ManifestRow[] = [
  ...serverRows,
  ...generatedRows,
  ...textRows,
  ...profileTemplates,
  ...inPlaceRows,
];

/** Whether a row claims the template at `path`. */
export function claims(row: ManifestRow, path: string): boolean {
  if (row.kind === "emit") return row.twin === path;
  return covers(row.from, path) && !(row.kind === "copy" && row.except?.some((from) => covers(from, path)));
}

/** Whether `from` ("a file", "a folder/" or "a beginning*") covers the template at `path`. */
function covers(from: string, path: string): boolean {
  if (from.endsWith("*")) return path.startsWith(from.slice(0, -1));
  return from.endsWith("/") ? path.startsWith(from) : path === from;
}

/** Where a copied row puts the template at `path`. */
export function destination(row: CopyRow, path: string): string {
  const from = row.from.replace(/\*$/, "");
  const to = row.to.replace(/\*$/, "");
  return from === path ? to : `${to}${path.slice(from.length)}`;
}
