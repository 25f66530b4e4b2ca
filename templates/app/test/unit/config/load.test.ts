import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { loadConfig } from "../../../src/config/load.ts";
import { ConfigError } from "../../../src/config/problem.ts";
import type { Environment } from "../../../src/config/read-environment.ts";
import { load, tunedText } from "../reference-config.ts";

/** The complete text of what is wrong, line by line. */
function problemsOf(user: string | undefined, environment: Environment = {}, tuned = tunedText): readonly string[] {
  try {
    load(user, environment, tuned);
    return [];
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.message.split("\n");
  }
}

test("loadConfig() layers environment over fastserve.toml over fastserve.tuned.toml, with origins", () => {
  const { config, origin, files, pins } = load(
    'pin = ["workers.count"]\nserver.port = 8080\n[workers]\ncount = 4\n[log]\nlevel = "debug"\n',
    { FASTSERVE__SERVER__PORT: "8081", FASTSERVE__ENGINE__SMOL: "true", FASTSERVE__ZONES__LATENCY_STEPS: "16" },
  );
  assert.deepEqual(
    [config.server.port, config.workers.count, config.log.level, config.admin.port, config.zones.latency_steps],
    [8081, 4, "debug", 9090, 16],
  );
  assert.equal(config.engine.smol, true);
  assert.deepEqual(
    [origin["server.port"], origin["workers.count"], origin["admin.port"], origin["engine.smol"], origin["tls.cert"]],
    ["environment", "user", "tuned", "environment", undefined],
  );
  assert.deepEqual(files, ["fastserve.tuned.toml", "fastserve.toml"]);
  assert.deepEqual(pins, ["workers.count"]);
});

test("loadConfig() needs no fastserve.toml", () => {
  assert.deepEqual(load(undefined).files, ["fastserve.tuned.toml"]);
});

test("loadConfig() refuses tables in lists, whose keys could reach the prototype of all objects", () => {
  for (const value of ["[{ __proto__.polluted = 1 }]", "[[{ a.__proto__.polluted = 1 }]]"]) {
    assert.deepEqual(problemsOf(`server.host = ${value}\n`), [
      "fastserve.toml:1: server.host holds a table; no setting's list does.",
    ]);
  }
  assert.equal("polluted" in {}, false);
});

test("loadConfig() leaves other variables alone, FASTSERVE_LAUNCH among them", () => {
  assert.deepEqual(problemsOf("", { FASTSERVE_LAUNCH: "{}", PORT: "1", HOME: "/" }), []);
});

test("loadConfig() resolves relative TLS paths against the project's folder", () => {
  const { tls } = load('[tls]\nmode = "files"\ncert = "tls/cert.pem"\nkey = "/etc/key.pem"\n').config;
  assert.deepEqual([tls.cert, tls.key], ["/project/tls/cert.pem", "/etc/key.pem"]);
});

test("loadConfig() reports every problem of every layer at once, with file, line, key, value, reason and nearest key", () => {
  const user = `pin = ["workers.cuont", 3]
port = 1
[limits]
body_byte_max = 1
connections_max = "many"
head_bytes_max = 3.5
[tls]
mode = "fils"
[zones]
latency_steps = 5
[[log]]
level = "info"
`;
  const environment = {
    FASTSERVE__SERVER__PROT: "1",
    FASTSERVE__SERVER__PORT: "abc",
    FASTSERVE__ADMIN__PORT: "70000",
    FASTSERVE__ENGINE__SMOL: "yes",
  };
  assert.deepEqual(problemsOf(user, environment, tunedText.replace("port = 3000", "port = -1")), [
    "fastserve.tuned.toml:4: server.port = -1 must be at least 0.",
    "fastserve.toml:1: pin: workers.cuont is not a setting; did you mean workers.count?",
    "fastserve.toml:1: pin: 3 is not a setting.",
    "fastserve.toml:2: port is not a setting; did you mean server.port?",
    "fastserve.toml:4: limits.body_byte_max is not a setting; did you mean limits.body_bytes_max?",
    'fastserve.toml:5: limits.connections_max = "many" must be a number.',
    "fastserve.toml:6: limits.head_bytes_max = 3.5 must be a whole number.",
    'fastserve.toml:8: tls.mode = "fils" must be "off", "files" or "dev".',
    "fastserve.toml:10: zones.latency_steps = 5 must be 4, 8, 16 or 32.",
    "fastserve.toml:11: [[log]] is a list of tables; write [log].",
    "FASTSERVE__ADMIN__PORT: admin.port = 70000 must be at most 65535.",
    'FASTSERVE__ENGINE__SMOL: engine.smol = "yes" must be true or false.',
    'FASTSERVE__SERVER__PORT: server.port = "abc" must be a number.',
    "FASTSERVE__SERVER__PROT: is not a setting; did you mean FASTSERVE__SERVER__PORT?",
  ]);
});

const singleProblems: readonly (readonly [name: string, user: string, expected: string])[] = [
  ["a missing value", "[server]\nport =\n", "fastserve.toml:3:1: this is not TOML: Unspecified values are invalid."],
  [
    "a key twice",
    "[log]\nlevel = 'info'\nlevel = 'warn'\n",
    "fastserve.toml:3:1: this is not TOML: Defining a key multiple times is invalid.",
  ],
  [
    "a section as a value",
    "server = 3000\n",
    "fastserve.toml:1: server is a section; write [server] and its settings below.",
  ],
  [
    "a setting one level too deep",
    "[server.tls]\ncert = 'a'\n",
    "fastserve.toml:2: server.tls.cert is not a setting; did you mean tls.cert?",
  ],
  [
    "an inline table's key",
    "log = { level = 'info', fromat = 'json' }\n",
    "fastserve.toml:1: log.fromat is not a setting; did you mean log.format?",
  ],
  ["empty text", "[server]\nhost = ''\n", 'fastserve.toml:2: server.host = "" must not be empty.'],
  [
    "a date",
    "[server]\nport = 2026-01-01\n",
    'fastserve.toml:2: server.port = "2026-01-01T00:00:00.000Z" must be a number.',
  ],
  ["infinity", "[server]\nport = inf\n", "fastserve.toml:2: server.port = Infinity must be a number."],
  [
    "a number beyond 2^53",
    "[limits]\nbody_bytes_max = 9223372036854775807\n",
    "fastserve.toml:2: limits.body_bytes_max = 9223372036854776000 must be at most 9007199254740991.",
  ],
  ["a list", "[server]\nhost = ['a', 'b']\n", 'fastserve.toml:2: server.host = ["a","b"] must be text in quotes.'],
  ["an inherited name", "[server]\n__proto__ = 1\n", "fastserve.toml:2: server.__proto__ is not a setting."],
  [
    "a pin that is no list",
    "pin = 'workers.count'\n",
    'fastserve.toml:1: pin must be a list of settings, such as ["workers.count"].',
  ],
  [
    "TLS files without a key",
    "[tls]\nmode = 'files'\ncert = 'a'\n",
    'fastserve.toml:2: tls.mode = "files" needs tls.cert and tls.key, the paths of two PEM files.',
  ],
  [
    "one port twice",
    "admin.port = 3000\n",
    "fastserve.toml:1: admin.port = 3000 is server.port too; give the admin listener another port.",
  ],
  [
    "several inline workers",
    "workers.mode = 'inline'\n",
    'fastserve.toml:1: workers.count = 2 needs workers.mode = "threads"; inline is one worker in the main thread.',
  ],
  [
    "pauses in the wrong order",
    "[workers]\nrestart_ms_min = 20000\n",
    "fastserve.toml:2: workers.restart_ms_min = 20000 is above workers.restart_ms_max = 10000.",
  ],
  [
    "a head slower than its request",
    "[timeouts]\nhead_ms = 30001\n",
    "fastserve.toml:2: timeouts.head_ms = 30001 is above timeouts.request_ms = 30000; the head is a part of the request.",
  ],
  [
    "a body that no budget holds",
    "[limits]\nbody_bytes_max = 67108865\n",
    "fastserve.toml:2: limits.body_bytes_max = 67108865 is above limits.bodies_bytes_max = 67108864; such a body could never be read.",
  ],
  [
    "too few files",
    "[limits]\nnofile_min = 4096\n",
    "fastserve.toml:2: limits.nofile_min = 4096 must be above limits.connections_max = 4096; each connection is a file descriptor.",
  ],
  [
    "more sockets than connections",
    "[websocket]\nconnections_max = 4097\n",
    "fastserve.toml:2: websocket.connections_max = 4097 is above limits.connections_max = 4096; a WebSocket is a connection.",
  ],
  [
    "a budget that does not close",
    "[memory]\nheadroom_bytes = 1073741824\n",
    "fastserve.toml:2: the memory budget adds up to 1782579200 bytes, above memory.limit_bytes = 1073741824.",
  ],
  [
    "scratch memory that the budget has no room for",
    "[memory]\nscratch_bytes = 268435456\n",
    "fastserve.toml:2: the memory budget adds up to 1245708288 bytes, above memory.limit_bytes = 1073741824.",
  ],
  [
    "pressure above the limit",
    "[memory]\nrss_high_bytes = 1073741825\n",
    "fastserve.toml:2: memory.rss_high_bytes = 1073741825 is above memory.limit_bytes = 1073741824; pressure would never be noticed.",
  ],
];

for (const [name, user, expected] of singleProblems) {
  test(`loadConfig() refuses ${name}`, () => assert.deepEqual(problemsOf(user), [expected]));
}

test("loadConfig() lets both ports be 0, for the kernel to choose", () => {
  assert.deepEqual(problemsOf("server.port = 0\nadmin.port = 0\n"), []);
});

const slips = ["FASTSERVE_SERVER_PORT", "FASTSERVE__server__port", "fastserve__server__port", "FASTSERVE__SERVER_PORT"];

for (const slip of slips) {
  test(`loadConfig() does not pass over ${slip}`, () => {
    assert.deepEqual(problemsOf("", { [slip]: "1" }), [
      `${slip}: is not a setting; did you mean FASTSERVE__SERVER__PORT?`,
    ]);
  });
}

test("loadConfig() names a cross-check's problem at the variable that set it last", () => {
  assert.deepEqual(problemsOf("admin.port = 9091\n", { FASTSERVE__SERVER__PORT: "9091" }), [
    "FASTSERVE__SERVER__PORT: admin.port = 9091 is server.port too; give the admin listener another port.",
  ]);
});

test("loadConfig() names missing keys, but not those whose value it refused", () => {
  const tuned = tunedText.replace(/^host = "127.0.0.1"\nport = 3000\n/m, 'port = "x"\n');
  assert.deepEqual(problemsOf("", {}, tuned), [
    'fastserve.tuned.toml:3: server.port = "x" must be a number.',
    "fastserve.tuned.toml: server.host is missing; set it in fastserve.toml, or restore fastserve.tuned.toml from version control.",
  ]);
});

test("loadConfig() allows pin in fastserve.toml only", () => {
  assert.deepEqual(problemsOf("", {}, `pin = []\n${tunedText}`), [
    "fastserve.tuned.toml:1: pin belongs in fastserve.toml.",
  ]);
});

test("loadConfig() lets nobody but the generator say what the plan was made for", () => {
  const end = "says what the plan was made for, and is nobody's to set: npx create-fastserve retune --target this";
  const user = 'pin = ["target.nofile"]\n[target]\ncpu_millis = 4000\n';
  const tuned = `${tunedText}[target]\ncpu_millis = 2000\nnofile = 1024\n`;
  assert.deepEqual(problemsOf(user, { FASTSERVE__TARGET__NOFILE: "9" }, tuned), [
    `fastserve.toml:1: pin: target.nofile ${end} makes another plan.`,
    `fastserve.toml:3: target.cpu_millis ${end} makes another plan.`,
    `FASTSERVE__TARGET__NOFILE: target.nofile ${end} makes another plan.`,
  ]);
  assert.equal(load("", {}, tuned).config.target.cpu_millis, 2000);
});

test("loadConfig() works when the environment may be read by name but not listed", () => {
  const environment = new Proxy<Record<string, string>>(
    { FASTSERVE__SERVER__PORT: "8123" },
    {
      ownKeys() {
        throw new Error("Requires env access");
      },
    },
  );
  assert.equal(load("", environment).config.server.port, 8123);
});

test("loadConfig() reads real files, and names a missing and an unreadable one", () => {
  const directory = mkdtempSync(join(tmpdir(), "fastserve load "));
  try {
    assert.throws(() => loadConfig({ directory, environment: {} }), {
      message:
        "fastserve.tuned.toml: there is no such file; restore it from version control, or with npx create-fastserve retune --target recorded --restore fastserve.tuned.toml.",
    });
    writeFileSync(join(directory, "fastserve.tuned.toml"), `\uFEFF${tunedText}`);
    assert.equal(loadConfig({ directory, environment: {} }).config.server.port, 3000);
    mkdirSync(join(directory, "fastserve.toml"));
    assert.throws(
      () => loadConfig({ directory, environment: {} }),
      /^ConfigError: fastserve\.toml: cannot be read: .*EISDIR/,
    );
  } finally {
    rmSync(directory, { recursive: true });
  }
});
