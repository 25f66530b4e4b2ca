/**
 * The kept answers of the sessions' workload in this worker's memory, where the project has no response cache: made once,
 * then sent as the text that they are. Bound: beyond so many an answer is made and not kept.
 */
import { JsonText } from "../../../src/http/json-text.ts";
import { listOf } from "./answers.ts";

/** As many as the setting bench.cached_requests may ask for. */
const ANSWERS_MAX = 1_000_000;

const kept = new Map<string, JsonText>();

export function cachedAnswer(id: string): JsonText {
  const found = kept.get(id);
  if (found) return found;
  const answer = new JsonText(JSON.stringify(listOf(id)));
  if (kept.size < ANSWERS_MAX) kept.set(id, answer);
  return answer;
}
