/**
 * Prompts on a terminal, where cancelling is a value and the end of input cancels.
 *
 * The prompt library leaves its promise open when input ends: the process would then end with success and nothing
 * done. So every prompt here is tied to the end of input, and to Ctrl-D, which closes the line editor silently.
 */
import { stdin, stdout } from "node:process";
import { autocomplete, intro, isCancel, log, multiselect, note, select, text } from "@clack/prompts";
import { type Cancelled, cancelled } from "./cancelled.ts";

export interface Option {
  readonly value: string;
  readonly label: string;
  readonly hint?: string;
  /** Why it cannot be chosen; it is listed with this reason instead of its hint. */
  readonly refused?: string | undefined;
}

/** One of the options; `initial` is where the cursor starts. */
export async function askOne(
  message: string,
  options: readonly Option[],
  initial: string | undefined,
): Promise<string | Cancelled> {
  return prompt<string>((signal) =>
    select<string>({
      message,
      options: options.map(shown),
      signal,
      ...(initial === undefined ? {} : { initialValue: initial }),
    }),
  );
}

/** One of many options, found by typing a part of its name. */
export async function askFrom(message: string, options: readonly Option[]): Promise<string | Cancelled> {
  return prompt<string>((signal) =>
    autocomplete<string>({ message, options: options.map(shown), signal, maxItems: 8 }),
  );
}

/** Any number of the options. */
export async function askSome(
  message: string,
  options: readonly Option[],
  initial: readonly string[],
): Promise<readonly string[] | Cancelled> {
  return prompt<string[]>((signal) =>
    multiselect<string>({ message, options: options.map(shown), signal, initialValues: [...initial], required: false }),
  );
}

export interface TextQuestion {
  readonly message: string;
  /** Text to edit. */
  readonly initial?: string;
  /** Shown while nothing is typed; Enter then gives `whenEmpty`. */
  readonly placeholder?: string;
  readonly whenEmpty?: string;
  /** Why the text is not accepted; asked again then. */
  readonly fault: (text: string) => string | undefined;
}

/** A line of text. */
export async function askText(question: TextQuestion): Promise<string | Cancelled> {
  const { message, initial, placeholder, whenEmpty = "" } = question;
  const answer = await prompt<string>((signal) =>
    text({
      message,
      signal,
      ...(placeholder === undefined ? {} : { placeholder }),
      ...(initial === undefined ? {} : { initialValue: initial }),
      defaultValue: whenEmpty,
      validate: (typed) => question.fault(typed === undefined || typed === "" ? whenEmpty : typed),
    }),
  );
  return answer === undefined ? whenEmpty : answer;
}

/** The first lines, before any question. */
export function greet(title: string, line: string): void {
  intro(title);
  log.info(line);
}

/** A framed text between two prompts. */
export function show(lines: readonly string[], title: string): void {
  note(lines.join("\n"), title, { format: (line) => line });
}

export function showFault(line: string): void {
  log.error(line);
}

/** A refused option keeps its place in the list, so that nobody looks for it in vain. */
function shown(option: Option): { value: string; label: string; hint?: string; disabled?: boolean } {
  if (option.refused !== undefined) {
    return { value: option.value, label: option.label, hint: option.refused, disabled: true };
  }
  const hint = option.hint === undefined || option.hint === "" ? {} : { hint: option.hint };
  return { value: option.value, label: option.label, ...hint };
}

/** A signal of its own for each prompt: the library never takes its listener off an old one. */
async function prompt<Value>(open: (signal: AbortSignal) => Promise<Value | symbol>): Promise<Value | Cancelled> {
  if (stdin.readableEnded || stdin.destroyed) return cancelled;
  const ending = new AbortController();
  const end = (): void => ending.abort();
  const key = (_text: string | undefined, info: { ctrl?: boolean; name?: string } | undefined): void => {
    if (info?.ctrl === true && info.name === "d") end();
  };
  stdin.on("end", end).on("close", end).on("keypress", key);
  try {
    const answer = await open(ending.signal);
    return isCancel(answer) ? cancelled : (answer as Value);
  } finally {
    stdin.off("end", end).off("close", end).off("keypress", key);
    stdout.write(SHOW_CURSOR);
  }
}

const SHOW_CURSOR = "\u001b[?25h";
