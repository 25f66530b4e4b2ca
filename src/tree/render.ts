/**
 * Handlebars, tamed: an instance of its own, no HTML escaping, a missing field is an error, and only the built-in
 * `if` and `each`. A view holds strings that are ready to print, so a template decides nothing.
 */
import Handlebars from "handlebars";
import { assert } from "../lib/assert.ts";

/** What a template may see: text, a boolean the view computed, or rows of the same. */
export interface View {
  readonly [name: string]: string | boolean | readonly string[] | readonly View[];
}

const compileOptions = {
  strict: true,
  noEscape: true,
  knownHelpersOnly: true,
  knownHelpers: { with: false, unless: false, lookup: false, log: false },
} as const;

/** @returns `template` filled from `view`, with exactly one newline at the end; `name` is named in errors */
export function render(name: string, template: string, view: View): string {
  const engine = Handlebars.create();
  let text: string;
  try {
    text = engine.compile(template, compileOptions)(view);
  } catch (cause) {
    throw new Error(`internal: template ${name} failed: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
  assert(!text.includes("\r"), `template ${name} has carriage returns`);
  return `${text.trimEnd()}\n`;
}
