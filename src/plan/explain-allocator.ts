/** The choice of a malloc in words: every backend with what speaks for and against it, the choice, and the refusals. */

import type { AnswerValues } from "../answers/answers.ts";
import { type AllocatorBackend, allocatorBackends } from "../answers/choices.ts";
import { claimsAbout, claimText } from "./allocator-case.ts";
import { allocatorRun } from "./allocator-figures.ts";
import { refusal } from "./conflicts.ts";
import type { Source } from "./decision.ts";
import type { Plan } from "./plan.ts";
import { say } from "./reasons.ts";
import { allocatorFigures } from "./sources.ts";

export interface BackendCase {
  readonly backend: string;
  readonly chosen: boolean;
  readonly claims: readonly { readonly side: "for" | "against"; readonly text: string; readonly source: Source }[];
}

export interface AllocatorCase {
  /** Backends that this target can have, in the order of the question. */
  readonly backends: readonly BackendCase[];
  readonly refused: readonly { readonly backend: string; readonly why: string }[];
}

export function allocatorCase({ runtime, answers, facts, decisions }: Plan): AllocatorCase {
  const values = Object.fromEntries(
    Object.entries(answers).map(([key, { value }]) => [key, value]),
  ) as unknown as AnswerValues;
  const asked: readonly AllocatorBackend[] = allocatorBackends.filter((backend) => backend !== "auto");
  const refusals = asked.map((backend) => ({ backend, why: refusal("allocator", backend, values, facts) }));
  const chosen = String(decisions["allocator.backend"].value);
  const plain = {
    pageBytes: facts.pageBytes.value,
    transparentHugePages: facts.transparentHugePages.value,
    memoryBytes: facts.memoryBytes.value,
  };
  return {
    backends: refusals
      .filter(({ why }) => why === undefined)
      .map(({ backend }) => (backend === "system" ? "glibc" : backend))
      .map((backend) => ({
        backend,
        chosen: backend === chosen,
        claims: claimsAbout(runtime, backend, plain).map((claim) => ({
          side: claim.side,
          text: claimText(claim),
          source: claim.source,
        })),
      })),
    refused: refusals.flatMap(({ backend, why }) => (why === undefined ? [] : [{ backend, why: say(why) }])),
  };
}

/** The same as lines for people. */
export function explainAllocator(plan: Plan): string {
  const { backends, refused } = allocatorCase(plan);
  const { rounds, seconds } = allocatorRun;
  const blocks = backends.map(({ backend, chosen, claims }) =>
    [
      `${backend}${chosen ? ": the choice" : ""}`,
      ...claims.map(({ side, text, source }) => `  ${side.padEnd(7)} ${text} [${source.kind}: ${source.ref}]`),
    ].join("\n"),
  );
  return [
    `Figures: ${allocatorFigures.ref}, ${rounds} x ${seconds} s per case; \`npm run bench:alloc\` in the project measures this machine.`,
    ...blocks,
    ...(refused.length === 0
      ? []
      : [["refused", ...refused.map(({ backend, why }) => `  ${backend.padEnd(8)} ${why}`)].join("\n")]),
  ].join("\n\n");
}
