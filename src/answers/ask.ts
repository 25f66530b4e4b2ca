/**
 * The wizard: asks at most five questions, shows what the plan decided and why, then creates, customises or
 * cancels. It decides nothing itself: what is possible, refused and planned comes in as functions.
 */
import type { Problem } from "../lib/errors.ts";
import { type Cancelled, cancelled } from "./cancelled.ts";
import type { Given } from "./given.ts";
import { askFrom, askOne, askSome, askText, greet, type Option, show, showFault } from "./prompts.ts";
import { type QuestionKey, questionKeys, questions, type Shape } from "./questions.ts";
import { readValue } from "./read-value.ts";
import { valueText } from "./repeat-command.ts";
import type { Resolution } from "./resolve.ts";

/** What the plan says about the answers so far. */
export type Outlook =
  | {
      readonly kind: "planned";
      /** One line per main decision, with its reason. */
      readonly lines: readonly string[];
      /** What the plan would take for an answer that is left open. */
      readonly planned: Partial<Readonly<Record<QuestionKey, string>>>;
    }
  | { readonly kind: "impossible"; readonly problems: readonly Problem[] };

/** The later stages, as far as the wizard needs them. */
export interface Stages {
  /** The program and its version. */
  readonly greeting: string;
  /** The detected hardware in one line. */
  readonly machine: string;
  readonly presets: readonly { readonly id: string; readonly label: string }[];
  /** The answers so far, the open ones at their defaults. */
  resolve(given: readonly Given[]): Resolution;
  directoryFault(directory: string): string | undefined;
  targetFault(target: string): string | undefined;
  /** Why this choice cannot be had beside the others. */
  refusal(key: QuestionKey, value: string, given: readonly Given[]): string | undefined;
  outlook(given: readonly Given[]): Outlook;
}

/** @returns all given answers, old and new, or that the person left */
export async function ask(given: readonly Given[], stages: Stages): Promise<readonly Given[] | Cancelled> {
  greet(stages.greeting, `This machine: ${stages.machine}.`);
  let answers = given;
  for (const key of questionKeys) {
    if (questions[key].group !== "basic" || answers.some((one) => one.key === key)) continue;
    const more = await (key === "target" ? askTarget(stages, answers) : askQuestion(stages, key, answers, undefined));
    if (more === cancelled) return cancelled;
    answers = more;
  }
  return confirm(stages, answers);
}

/** Ends when the person creates or cancels; every other way leads to a new summary. */
async function confirm(stages: Stages, first: readonly Given[]): Promise<readonly Given[] | Cancelled> {
  let answers = first;
  for (;;) {
    const outlook = stages.outlook(answers);
    if (outlook.kind === "planned") show(outlook.lines, "The plan");
    else for (const problem of outlook.problems) showFault(`${problem.message} ${problem.next}`);
    const possible = outlook.kind === "planned";
    const next = await askOne(possible ? "Create the project?" : "What now?", possible ? ways : detours, undefined);
    if (next === cancelled || next === "cancel") return cancelled;
    if (next === "create") return answers;
    const more = await (next === "target"
      ? askTarget(stages, answers)
      : customise(stages, answers, outlook.kind === "planned" ? outlook.planned : {}));
    if (more === cancelled) return cancelled;
    answers = more;
  }
}

const customiseWay: Option = { value: "customise", label: "Customise", hint: "answer the remaining questions" };
const cancelWay: Option = { value: "cancel", label: "Cancel", hint: "nothing is written" };
const ways: readonly Option[] = [{ value: "create", label: "Create" }, customiseWay, cancelWay];
const detours: readonly Option[] = [{ value: "target", label: "Choose another target" }, customiseWay, cancelWay];

async function customise(
  stages: Stages,
  first: readonly Given[],
  planned: Partial<Readonly<Record<QuestionKey, string>>>,
): Promise<readonly Given[] | Cancelled> {
  let answers = first;
  for (const key of questionKeys) {
    const { group, when } = questions[key];
    const { directory, answers: now } = stages.resolve(answers);
    const before = Object.fromEntries(Object.entries({ ...now, directory }).map(([name, one]) => [name, one.value]));
    if (group !== "customise" || when?.(before) === false) continue;
    const more = await askQuestion(stages, key, answers, planned[key]);
    if (more === cancelled) return cancelled;
    answers = more;
  }
  return answers;
}

/** The target in one question with a follow-up: this machine, a preset, a facts file, or typed numbers. */
async function askTarget(stages: Stages, answers: readonly Given[]): Promise<readonly Given[] | Cancelled> {
  const { machine, presets, targetFault } = stages;
  const way = await askOne(
    questions.target.prompt,
    [
      { value: "this", label: "This machine", hint: machine },
      { value: "preset", label: "A known machine", hint: `${presets.length} presets` },
      { value: "file", label: "A facts file", hint: "written by `create-fastserve probe` on the target" },
      { value: "custom", label: "Custom numbers", hint: "CPUs, memory and architecture" },
    ],
    "this",
  );
  if (way === cancelled) return cancelled;
  const open = without(answers, ["target", "cpus", "memory", "arch"]);
  if (way === "this") return [...open, asked("target", "this")];
  if (way === "custom") return askNumbers(stages, [...open, asked("target", "this")]);
  const target =
    way === "preset"
      ? await askFrom(
          "Which one? Type to search.",
          presets.map(({ id, label }) => ({ value: id, label: id, hint: label })),
        )
      : await askText({ message: "Path of the facts file", placeholder: "facts.json", fault: targetFault });
  return target === cancelled ? cancelled : [...open, asked("target", target)];
}

async function askNumbers(stages: Stages, first: readonly Given[]): Promise<readonly Given[] | Cancelled> {
  let answers = first;
  for (const key of questionKeys) {
    if (questions[key].group !== "target") continue;
    const more = await askQuestion(stages, key, answers, undefined);
    if (more === cancelled) return cancelled;
    answers = more;
  }
  return answers;
}

async function askQuestion(
  stages: Stages,
  key: QuestionKey,
  answers: readonly Given[],
  planned: string | undefined,
): Promise<readonly Given[] | Cancelled> {
  const { shape, prompt } = questions[key];
  const { directory, answers: now } = stages.resolve(answers);
  const current = key === "directory" ? directory.value : now[key].value;
  const answer = await askShape(stages, key, shape, prompt, answers, current, planned);
  if (answer === cancelled) return cancelled;
  const others = without(answers, [key]);
  return answer === "" ? others : [...others, asked(key, answer)];
}

async function askShape(
  stages: Stages,
  key: QuestionKey,
  shape: Shape,
  message: string,
  answers: readonly Given[],
  current: unknown,
  planned: string | undefined,
): Promise<string | readonly string[] | Cancelled> {
  if (shape.kind === "choice" || shape.kind === "list") {
    const options = shape.choices.map((choice) => ({
      value: choice.value,
      label: choice.label,
      hint: choice.value === current && planned !== undefined ? planned : choice.hint,
      refused: stages.refusal(key, choice.value, answers),
    }));
    if (shape.kind === "list") return askSome(message, options, Array.isArray(current) ? current : []);
    return askOne(message, options, current === undefined ? undefined : String(current));
  }
  const open = current === undefined;
  return askText({
    message,
    ...(open ? {} : key === "directory" ? { placeholder: String(current) } : { initial: valueText(key, current) }),
    ...(open ? { placeholder: planned ?? "Enter: as the target has it" } : {}),
    whenEmpty: open ? "" : String(current),
    fault: (text) => (text === "" && open ? undefined : textFault(stages, key, text)),
  });
}

function textFault(stages: Stages, key: QuestionKey, text: string): string | undefined {
  const read = readValue(questions[key].shape, text, "text");
  if (read.ok) return key === "directory" ? stages.directoryFault(text) : undefined;
  return read.nearest === undefined ? `It ${read.reason}.` : `It ${read.reason}; ${read.nearest} would be.`;
}

function asked(key: QuestionKey, raw: string | readonly string[]): Given {
  return { key, raw, origin: "asked", where: "your answer" };
}

function without(answers: readonly Given[], keys: readonly QuestionKey[]): readonly Given[] {
  return answers.filter((one) => !keys.includes(one.key));
}
