/** The JSON Schema of all answers, from the question table: for editors, CI systems and agents. */
// A namespace import: the bundler then leaves out what is not used, most of all the messages in forty languages.
import * as z from "zod";
import { type QuestionKey, questionKeys, questions, type Shape } from "./questions.ts";
import { EVERYTHING, USUAL } from "./read-value.ts";

/** A zod schema of a config file: every key optional, values in their config-file forms. */
export function answersSchema(): z.ZodType {
  const fields: Record<string, z.ZodType> = { $schema: z.string().optional() };
  for (const key of questionKeys) {
    fields[key] = fieldOf(key).describe(questions[key].help).optional();
  }
  return z.strictObject(fields).describe("Answers of create-fastserve, as --config reads them.");
}

/** The same as a JSON Schema (draft 2020-12), a plain JSON value. */
export function answersJsonSchema(): unknown {
  return z.toJSONSchema(answersSchema(), { io: "input" });
}

function fieldOf(key: QuestionKey): z.ZodType {
  const shape: Shape = questions[key].shape;
  switch (shape.kind) {
    case "choice":
      return z.enum(namesOf(shape.choices));
    case "list": {
      // A set written as a list, or the words that stand for a whole or an empty one.
      const names = namesOf(shape.choices);
      const parts = z.enum([...names, USUAL, EVERYTHING, ...names.map((name) => `-${name}`)]);
      return z.union([z.array(parts), z.enum([EVERYTHING, "none"])]);
    }
    case "number": {
      const number = z.number().min(shape.min).max(shape.max);
      return shape.integer ? number.int() : number;
    }
    case "size":
      return z.union([
        z.number().min(shape.min).max(shape.max),
        z.string().regex(/^\s*\d+(\.\d+)?\s*([bBkKmMgGtT]|[kKmMgGtT][bB]|[kKmMgGtT][iI][bB])?\s*$/),
      ]);
    case "text":
      return z.string().min(1);
  }
}

function namesOf(choices: readonly { readonly value: string }[]): string[] {
  return choices.map((choice) => choice.value);
}
