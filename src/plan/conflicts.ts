/**
 * What cannot be: choices that a target or another answer rules out, each with its rule and the nearest valid answer.
 * `refusal` judges one choice while others are still open; `conflicts` judges a complete set.
 */
import { capabilities } from "../../templates/app/src/runtime/capabilities.ts";
import type { AnswerKey, Answers, AnswerValues } from "../answers/answers.ts";
import type { FeatureName, Workload } from "../answers/choices.ts";
import type { FactValues, HardwareFacts } from "../facts/hardware-facts.ts";
import type { Problem } from "../lib/errors.ts";
import { KiB } from "../lib/units.ts";
import { adapterOf } from "./adapter.ts";
import type { Reason } from "./decision.ts";
import { reason, say } from "./reasons.ts";
import { capacityProblems } from "./target-fit.ts";

type Values = Partial<AnswerValues>;

interface Conflict {
  readonly key: AnswerKey;
  /** The reason to refuse, undefined to allow. `value` is the choice; open answers are undefined and refuse nothing. */
  readonly refuses: (value: string, values: Values, facts: FactValues) => Reason | undefined;
  /** The nearest valid answer as a flag. */
  readonly nearest: (values: Values, facts: FactValues) => string;
}

const table: readonly Conflict[] = [
  {
    key: "runtime",
    refuses: (runtime, _values, { libc, container, pageBytes }) => {
      if (runtime === "deno" && libc === "musl") return reason("refuse_deno_musl", {});
      if (runtime === "bun" && container === "isolate") return reason("refuse_bun_isolate", {});
      // JavaScriptCore's page-size ceiling is 16 KiB.
      return runtime === "bun" && pageBytes > KiB(16) ? reason("refuse_bun_pages", { pageBytes }) : undefined;
    },
    nearest: (values) => (values.runtime === "deno" ? "--runtime bun" : "--runtime deno"),
  },
  {
    key: "allocator",
    refuses: (backend, { runtime }, { libc, os, container, pageBytes }) => {
      if (backend === "auto") return undefined;
      if (runtime === "bun") return backend === "mimalloc" ? undefined : reason("refuse_allocator_bun", { backend });
      if (backend === "system" || runtime === undefined) return undefined;
      if (container === "isolate") return reason("refuse_allocator_isolate", {});
      if (os !== "linux") return reason("refuse_allocator_platform", { os });
      if (libc === "musl") return reason("refuse_allocator_musl", {});
      const large = backend === "jemalloc" && pageBytes > KiB(4);
      return large ? reason("refuse_jemalloc_pages", { pageBytes }) : undefined;
    },
    nearest: (values) => (values.runtime === "bun" ? "--allocator mimalloc" : "--allocator auto"),
  },
  {
    key: "exposure",
    refuses: (exposure, _values, { container }) =>
      exposure === "direct" && container === "isolate" ? reason("refuse_isolate_direct", {}) : undefined,
    nearest: () => "--exposure proxy",
  },
  {
    key: "tls",
    refuses: (tls, _values, { container }) =>
      tls !== "off" && container === "isolate" ? reason("refuse_isolate_tls", {}) : undefined,
    nearest: () => "--tls off",
  },
  {
    key: "tlsProfile",
    refuses: (profile, { runtime, exposure, tls }) => {
      if (profile !== "modern" || tls === undefined || tls === "off") return undefined;
      if (runtime === undefined || exposure === undefined) return undefined;
      const adapter = adapterOf(runtime, exposure);
      return capabilities[adapter].tlsProfile.has ? undefined : reason("refuse_modern_profile", { adapter });
    },
    nearest: () => "--tls-profile intermediate",
  },
  {
    key: "deploy",
    refuses: (deploy, _values, { container }) =>
      // A workflow of the repository is about the project, not about where it runs.
      container === "isolate" && deploy !== "github" ? reason("refuse_isolate_deploy", { deploy }) : undefined,
    nearest: () => "--deploy none",
  },
  {
    key: "features",
    refuses: (feature, _values, { container }) =>
      feature === "tasks" && container === "isolate" ? reason("refuse_isolate_feature", { feature }) : undefined,
    nearest: ({ features = [] }) => `--features ${features.filter((name) => name !== "tasks").join(",") || "none"}`,
  },
];

/** Features without which a workload has nothing to serve. */
const neededFeatures: readonly (readonly [Workload, FeatureName, Reason])[] = [
  ["realtime", "websocket", reason("refuse_realtime_feature", {})],
  ["static", "static-files", reason("refuse_static_feature", {})],
];

/**
 * Why a choice is refused, in the light of the answers that are already there; undefined: it is offered.
 * For a list question, `value` is one of its members.
 */
export function refusal(key: AnswerKey, value: string, answers: Values, facts: HardwareFacts): Reason | undefined {
  const values = valuesOf(facts);
  for (const row of table) {
    const found = row.key === key ? row.refuses(value, answers, values) : undefined;
    if (found) return found;
  }
  return undefined;
}

/** Every problem of a complete set of answers on this target; empty when a plan exists. */
export function conflicts(answers: Answers, facts: HardwareFacts): readonly Problem[] {
  const values = answerValuesOf(answers);
  const problems = table.flatMap((row) => {
    const chosen = values[row.key];
    const reasons = (Array.isArray(chosen) ? chosen : [chosen]).map((choice) =>
      row.refuses(String(choice), values, valuesOf(facts)),
    );
    const found = reasons.find((one) => one !== undefined);
    return found ? [refusedBy(row, found, answers, valuesOf(facts))] : [];
  });
  return [...problems, ...featureProblems(values), ...capacityProblems(values, valuesOf(facts))];
}

function featureProblems({ workload, features }: AnswerValues): readonly Problem[] {
  return neededFeatures
    .filter(([one, feature]) => one === workload && !features.includes(feature))
    .map(([, feature, why]) => ({
      code: "ANSWER_REFUSED",
      key: "features",
      message: say(why),
      next: `Use --workload api, or --features ${[...features, feature].join(",")}.`,
    }));
}

function refusedBy(row: Conflict, found: Reason, answers: Answers, facts: FactValues): Problem {
  const values = answerValuesOf(answers);
  const { value } = answers[row.key];
  const shown = Array.isArray(value) ? value.join(",") : String(value);
  return {
    code: "ANSWER_REFUSED",
    key: row.key,
    message: `${row.key}: "${shown}" is refused. ${say(found)}`,
    next: `Use ${row.nearest(values, facts)}.`,
  };
}

function valuesOf(facts: HardwareFacts): FactValues {
  return Object.fromEntries(Object.entries(facts).map(([key, fact]) => [key, fact.value])) as unknown as FactValues;
}

function answerValuesOf(answers: Answers): AnswerValues {
  return Object.fromEntries(
    Object.entries(answers).map(([key, answer]) => [key, answer.value]),
  ) as unknown as AnswerValues;
}
