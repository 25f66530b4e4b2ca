/** The target answer -> the facts to plan for: this machine, a preset, or a facts file; overridden where numbers were given. */
import { readFileSync } from "node:fs";
import { resolve as resolvePath } from "node:path";
import type { Answers } from "../answers/answers.ts";
import { editsAllowed, nearest } from "../answers/nearest.ts";
import { factsDocument, parseFactsDocument } from "../facts/facts-document.ts";
import type { FactsDocument, HardwareFacts } from "../facts/hardware-facts.ts";
import { overrideFacts } from "../facts/override-facts.ts";
import { presets } from "../facts/presets.ts";
import { probe } from "../facts/probe.ts";
import { AppError } from "../lib/errors.ts";

export interface Target {
  readonly label: string;
  readonly facts: HardwareFacts;
}

/** Loads targets and remembers them: the wizard asks for the same one many times. */
export interface Targets {
  /** @throws AppError when the target is unknown or its file is no facts document */
  load(answers: Answers): Target;
  /** The facts without overrides. */
  named(name: string): FactsDocument;
}

export function openTargets(cwd: string): Targets {
  const known = new Map<string, FactsDocument>();
  const named = (name: string): FactsDocument => {
    const before = known.get(name);
    if (before !== undefined) return before;
    const document = read(name, cwd);
    known.set(name, document);
    return document;
  };
  return {
    named,
    load(answers) {
      const { label, facts } = named(answers.target.value);
      const given = {
        cpus: answers.cpus.value,
        memoryBytes: answers.memory.value,
        arch: answers.arch.value,
      };
      return { label, facts: overrideFacts(facts, given) };
    },
  };
}

function read(name: string, cwd: string): FactsDocument {
  if (name === "this") return factsDocument("this", probe());
  const preset = presets.find((row) => row.id === name);
  if (preset !== undefined) return factsDocument(preset.id, preset.facts);
  let text: string;
  try {
    text = readFileSync(resolvePath(cwd, name), "utf8");
  } catch (cause) {
    throw unknownTarget(name, cause);
  }
  return parseFactsDocument(text, name);
}

function unknownTarget(name: string, cause: unknown): AppError {
  const ids = ["this", ...presets.map((row) => row.id)];
  const why = cause instanceof Error && "code" in cause && cause.code !== "ENOENT" ? ` (${cause.message})` : "";
  return new AppError(
    {
      code: "ANSWER_INVALID",
      key: "target",
      message: `target: "${name}" is neither "this", a preset's id nor a readable facts file${why}.`,
      next: `Use --target ${nearest(name, ids, editsAllowed(name)) ?? "this"}, or write a file with create-fastserve probe. Presets: ${ids.slice(1).join(", ")}.`,
    },
    { cause },
  );
}
