/** A raw answer as one reader found it, before anybody judged its value. */
import type { AnswerOrigin } from "./answers.ts";
import type { QuestionKey } from "./questions.ts";

export interface Given {
  readonly key: QuestionKey;
  readonly raw: unknown;
  readonly origin: Exclude<AnswerOrigin, "project" | "default">;
  /** Where it stands, as an error names it: "--runtime", "CREATE_FASTSERVE_RUNTIME", "answers.json". */
  readonly where: string;
}
