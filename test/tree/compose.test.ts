import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type DeployTarget, type Exposure, type FeatureName, featureNames } from "../../src/answers/choices.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { compose } from "../../src/tree/compose.ts";
import type { FileTree } from "../../src/tree/file-tree.ts";
import { claims, manifest } from "../../src/tree/manifest.ts";
import { type AdapterName, runtimeOf } from "../../templates/app/src/runtime/capabilities.ts";
import { caseNames, planOfCase, REFERENCE, templates } from "./golden-cases.ts";
import { importsOf, resolveImport } from "./imports-of.ts";

const adapters: readonly AdapterName[] = ["bun", "deno-serve", "deno-http"];
const reference = await planOfCase(REFERENCE);

/** Every adapter with no feature, each one alone, all but each one, and all. */
const subsets: readonly Plan[] = adapters.flatMap((adapter) =>
  telling(featureNames).map((features) => ({ ...reference, adapter, runtime: runtimeOf(adapter), features })),
);

describe("manifest", () => {
  it("claims every template exactly once", () => {
    for (const path of templates.list()) {
      const claimants = manifest.filter((row) => claims(row, path));
      assert.equal(claimants.length, 1, `${path} is claimed by ${claimants.length} rows`);
    }
  });

  it("has no row that claims nothing", () => {
    for (const row of manifest) {
      if (row.kind === "emit" && row.twin === undefined) continue;
      const claimed = templates.list().filter((path) => claims(row, path));
      assert.ok(claimed.length > 0, `the row for ${row.kind === "emit" ? row.to : row.from} claims nothing`);
    }
  });
});

describe("compose()", () => {
  for (const plan of subsets) {
    const name = `${plan.adapter} with ${plan.features.join(" and ") || "no feature"}`;

    it(`emits a set closed under imports for ${name}`, () => {
      const tree = compose(plan, templates);
      const { dependencies, devDependencies } = parsePackage(tree);
      for (const [path, specifier] of importEdges(tree)) {
        if (specifier.startsWith(".")) {
          const target = resolveImport(path, specifier);
          assert.ok(tree.has(target), `${path} imports ${target}, which is not emitted`);
        } else if (!specifier.startsWith("node:") && !builtIns.has(specifier)) {
          // What serves is installed everywhere; tests and benches may use more.
          const packages = path.startsWith("src/") ? dependencies : { ...dependencies, ...devDependencies };
          assert.ok(packageOf(specifier) in packages, `${path} imports ${specifier}, which is not a dependency`);
        }
      }
    });

    it(`emits no source that nothing reaches for ${name}`, () => {
      const tree = compose(plan, templates);
      const unreached = [...tree.keys()].filter((path) => path.startsWith("src/")).filter(unreachedIn(tree));
      assert.deepEqual(unreached, []);
    });

    it(`names no other runtime's global for ${name}`, () => {
      const foreign = plan.runtime === "bun" ? /\bDeno\./ : /\bBun\./;
      for (const [path, source] of sources(compose(plan, templates))) {
        assert.ok(!foreign.test(withoutComments(source)), `${path} names a global of the other runtime`);
      }
    });
  }

  it("gives equal trees for equal plans, sorted by path", async () => {
    for (const name of caseNames) {
      const tree = compose(await planOfCase(name), templates);
      assert.deepEqual([...tree], [...compose(await planOfCase(name), templates)]);
      assert.deepEqual([...tree.keys()], [...tree.keys()].sort());
    }
  });

  it("ends every text with exactly one newline and has no carriage return", () => {
    for (const plan of subsets) {
      for (const { path, content } of compose(plan, templates).values()) {
        if (typeof content !== "string") continue;
        assert.match(content, /[^\n]\n$/, path);
        assert.ok(!content.includes("\r"), path);
      }
    }
  });

  it("emits every file that a package script runs", () => {
    for (const plan of subsets) {
      const tree = compose(plan, templates);
      const { scripts } = parsePackage(tree);
      for (const [name, command] of Object.entries(scripts)) {
        const files = command.split(" ").filter((word) => /\.(ts|json)$/.test(word));
        for (const file of files) assert.ok(tree.has(file), `script ${name} runs ${file}`);
      }
    }
  });

  it("refuses two rows that write one path", () => {
    const twice = { list: () => templates.list(), read: templates.read };
    const clash = { ...twice, list: () => [...templates.list(), "app/src/http/../../src/wiring.ts"] };
    assert.throws(() =>
      compose(reference, { ...clash, read: (path) => (path.includes("..") ? "x\n" : templates.read(path)) }),
    );
  });

  it("seeds only what belongs to the user, and manages only the tuned file", () => {
    const tree = compose(reference, templates);
    const owned = (owner: string) => [...tree.values()].filter((entry) => entry.owner === owner).map((e) => e.path);
    assert.deepEqual(owned("managed"), ["fastserve.tuned.toml"]);
    const seeded = owned("seeded");
    assert.ok(seeded.includes("fastserve.toml") && seeded.includes("src/app/routes.ts"));
    assert.deepEqual(
      seeded.filter((path) => path !== "fastserve.toml" && !/^(src\/app|public)\//.test(path)),
      [],
    );
  });

  it("emits deployment files only when they were asked for", () => {
    const emitted = (deploy: readonly DeployTarget[]) => {
      const answers = { ...reference.answers, deploy: { value: deploy, origin: "flag" as const } };
      const paths = [...compose({ ...reference, answers }, templates).keys()];
      return paths.filter((path) => /^(Dockerfile|\.dockerignore|\.github|deploy\/server)/.test(path));
    };
    assert.deepEqual(emitted([]), []);
    assert.deepEqual(emitted(["docker"]), [".dockerignore", "Dockerfile"]);
    assert.deepEqual(emitted(["systemd"]), ["deploy/server.service"]);
    assert.deepEqual(emitted(["github"]), [".github/workflows/retune.yml"]);
  });

  it("emits configurations of proxies for a server that stands behind one, and for no other", () => {
    const emitted = (exposure: Exposure) => {
      const answers = { ...reference.answers, exposure: { value: exposure, origin: "flag" as const } };
      const paths = [...compose({ ...reference, answers }, templates).keys()];
      return paths.filter((path) => /^deploy\/(nginx|haproxy)/.test(path));
    };
    assert.deepEqual(emitted("proxy"), ["deploy/haproxy.cfg", "deploy/nginx.conf"]);
    assert.deepEqual(emitted("direct"), []);
  });
});

/** Type packages and the runtimes' own modules. */
const builtIns: ReadonlySet<string> = new Set(["bun", "bun:jsc", "bun:test"]);

/** Features never import each other, so what a set needs is the sum of what its members need. */
function telling(names: readonly FeatureName[]): readonly (readonly FeatureName[])[] {
  const alone = names.map((name) => [name]);
  const allBut = names.map((name) => names.filter((other) => other !== name));
  return [[], ...alone, ...allBut, names];
}

function sources(tree: FileTree): [string, string][] {
  return [...tree.values()].flatMap(({ path, content }) =>
    path.endsWith(".ts") && typeof content === "string" ? [[path, content] as [string, string]] : [],
  );
}

function importEdges(tree: FileTree): [string, string][] {
  return sources(tree).flatMap(([path, source]) =>
    importsOf(source).map((specifier) => [path, specifier] as [string, string]),
  );
}

function unreachedIn(tree: FileTree): (path: string) => boolean {
  const edges = importEdges(tree).filter(([, specifier]) => specifier.startsWith("."));
  // Scripts run their files; launch.ts starts main.ts by its path; handlers of the user's import what starts a task.
  const run = Object.values(parsePackage(tree).scripts).flatMap((command) => command.match(/src\/\S+\.ts/g) ?? []);
  const entries = [...run, "src/main.ts", "src/tasks/run-task.ts"];
  const isEntry = (path: string) => !path.startsWith("src/") || entries.includes(path);
  const reached = new Set([...tree.keys()].filter(isEntry));
  for (const path of reached) {
    for (const [from, specifier] of edges) if (from === path) reached.add(resolveImport(from, specifier));
  }
  return (path) => !reached.has(path);
}

function withoutComments(source: string): string {
  return source
    .replaceAll(/\/\*[\s\S]*?\*\//g, "")
    .replaceAll(/\/\/.*$/gm, "")
    .replaceAll(/(["'`])(?:\\.|(?!\1).)*\1/g, "");
}

type Versions = Readonly<Record<string, string>>;

function parsePackage(tree: FileTree): { scripts: Versions; dependencies: Versions; devDependencies: Versions } {
  return JSON.parse(String(tree.get("package.json")?.content)) as ReturnType<typeof parsePackage>;
}

function packageOf(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}
