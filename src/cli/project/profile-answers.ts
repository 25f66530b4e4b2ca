/** What a run was told about a profile -> the answers that it gives itself. */
import type { AnswerKey, Answers } from "../../answers/answers.ts";
import type { Given } from "../../answers/given.ts";
import { questions } from "../../answers/questions.ts";
import { resolve } from "../../answers/resolve.ts";
import { AppError, type Problem } from "../../lib/errors.ts";
import { isProfileAnswer, type ProfileWish, profileAnswerKeys, targetKeys } from "../../tree/profile-wish.ts";

/**
 * The answers that the profile had, each replaced by one that was given now. Another target comes without the numbers
 * that described the one before.
 * @param project the answers that the profile shares
 * @throws AppError with every invalid answer, and those that only the project can give
 */
export function ownAnswersAfter(
  had: ProfileWish["answers"],
  told: readonly Given[],
  project: Answers,
): ProfileWish["answers"] {
  const inputs = { packageManager: project.packageManager.value, currentDirectoryName: project.name.value };
  const { answers, problems } = resolve(told, inputs);
  const all = [...problems, ...sharedProblems(answers, project)];
  if (all.length > 0) throw new AppError(all);
  const given = profileAnswerKeys.filter((key) => answers[key].origin !== "default");
  const isMoved = given.includes("target");
  const kept = Object.entries(had).filter(([key]) => !(isMoved && (targetKeys as readonly string[]).includes(key)));
  return { ...Object.fromEntries(kept), ...Object.fromEntries(given.map((key) => [key, answers[key].value])) };
}

/** An answer that says what the project has anyway changes nothing, wherever it stands. */
function sharedProblems(told: Answers, project: Answers): readonly Problem[] {
  return (Object.keys(told) as AnswerKey[])
    .filter((key) => !isProfileAnswer(key) && told[key].origin !== "default")
    .filter((key) => JSON.stringify(told[key].value) !== JSON.stringify(project[key].value))
    .map((key) => ({
      code: "ANSWER_REFUSED",
      key,
      message: `${key} belongs to the project and not to a profile: it decides files that all profiles share.`,
      next: `Retune the project without --profile, or leave --${questions[key].flag} out. A profile may answer ${profileAnswerKeys.join(", ")}.`,
    }));
}
