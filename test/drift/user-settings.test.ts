import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { noUserSettings, readUserSettings } from "../../src/drift/user-settings.ts";
import { AppError } from "../../src/lib/errors.ts";

const read = (toml: string) => readUserSettings(toml, "fastserve.toml");

function problemsOf(toml: string): readonly string[] {
  try {
    read(toml);
  } catch (error) {
    assert.ok(error instanceof AppError);
    return error.problems.map(({ code, message, next }) => `${code} ${message} | ${next}`);
  }
  return [];
}

describe("readUserSettings()", () => {
  it("finds nothing in an empty file and in one of comments", () => {
    assert.deepEqual(read(""), noUserSettings);
    assert.deepEqual(read('# pin = ["workers.count"]\n'), noUserSettings);
  });

  it("reads pins in their order, each once, and values of every kind", () => {
    const text = [
      'pin = ["workers.count", "memory.arena_bytes", "workers.count"]',
      "[limits]",
      "body_bytes_max = 2048",
      "[proxy]",
      'trusted = ["127.0.0.1", "::1"]',
      "[engine]",
      "smol = true",
      "[log]",
      'level = "warn"',
    ].join("\n");
    const { pins, overrides } = read(text);
    assert.deepEqual(pins, ["workers.count", "memory.arena_bytes"]);
    assert.deepEqual(
      [...overrides],
      [
        ["limits.body_bytes_max", 2048],
        ["proxy.trusted", ["127.0.0.1", "::1"]],
        ["engine.smol", true],
        ["log.level", "warn"],
      ],
    );
  });

  it("reads dotted keys, inline tables, CRLF and a byte order mark as the server does", () => {
    assert.deepEqual([...read("server.port = 81\r\n").overrides], [["server.port", 81]]);
    assert.deepEqual([...read("\uFEFFserver = { port = 82 }\n").overrides], [["server.port", 82]]);
  });

  it("names file, line and the nearest setting, all problems at once", () => {
    assert.deepEqual(
      problemsOf('pin = ["workers.cuont", 3]\n[limits]\nbody_byte_max = 1\nin_flight_max = 1979-05-27\n'),
      [
        'SETTING_UNKNOWN fastserve.toml:1: pin: "workers.cuont" is not a setting of this version. | Did you mean workers.count?',
        "SETTING_UNKNOWN fastserve.toml:1: pin: 3 is not a setting of this version. | Remove it from fastserve.toml.",
        "SETTING_UNKNOWN fastserve.toml:3: limits.body_byte_max is not a setting of this version. | Did you mean limits.body_bytes_max?",
        "CONFIG_UNREADABLE fastserve.toml:4: limits.in_flight_max holds what no setting can. | Correct it there; the server would refuse it too.",
      ],
    );
  });

  it("refuses a pin that is no list, and text that is no TOML", () => {
    assert.deepEqual(problemsOf('pin = "workers.count"\n'), [
      'CONFIG_UNREADABLE fastserve.toml:1: pin must be a list, such as ["workers.count"]. | Correct it there; the server would refuse it too.',
    ]);
    assert.match(problemsOf("[limits\n").join(), /^CONFIG_UNREADABLE fastserve\.toml:2:1: this is not TOML: /);
  });

  it("pins no fact of the target, which nobody decided", () => {
    assert.deepEqual(problemsOf('pin = ["target.memory_bytes"]\n'), [
      'SETTING_UNKNOWN fastserve.toml:1: pin: "target.memory_bytes" is a fact of the target, and facts are not pinned. | Give --memory, --cpus or --target instead.',
    ]);
  });

  it("sets no fact of the target, and no value that the server would refuse", () => {
    assert.deepEqual(problemsOf('[target]\nmemory_bytes = 1\n[workers]\ncount = "two"\n[log]\nlevel = "loud"\n'), [
      "SETTING_UNKNOWN fastserve.toml:2: target.memory_bytes is a fact of the target, and facts are not set. | Give --memory, --cpus or --target instead.",
      "CONFIG_UNREADABLE fastserve.toml:4: workers.count must be a whole number. | Correct it there; the server would refuse it too.",
      "CONFIG_UNREADABLE fastserve.toml:6: log.level must be one of debug, info, warn, error. | Correct it there; the server would refuse it too.",
    ]);
  });
});
