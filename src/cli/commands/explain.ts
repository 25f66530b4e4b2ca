/**
 * `explain [KEY]`: why each value is what it is. Inside a project its recorded answers and facts are the start, and what
 * is in force is said beside what the rules recommend; flags change the answers for one look. Elsewhere flags and
 * defaults are everything.
 */
import type { SettingKey } from "../../../templates/app/src/config/schema.ts";
import { editsAllowed, nearest } from "../../answers/nearest.ts";
import { standingNotes } from "../../drift/standing.ts";
import { AppError, exitCodes } from "../../lib/errors.ts";
import type { Decision } from "../../plan/decision.ts";
import { explainBudget, explainSetting, type Shown } from "../../plan/explain.ts";
import { allocatorCase, explainAllocator } from "../../plan/explain-allocator.ts";
import type { Plan } from "../../plan/plan.ts";
import { contentText } from "../../plan/quantity.ts";
import { JSON_SCHEMA, type Session } from "../command.ts";
import { budgetDocument, decisionDocument, planDocument, planText } from "../present/present-plan.ts";
import { type Explained, explained } from "../project/explained.ts";

export async function explain(session: Session): Promise<number> {
  const found = await explained(session);
  const { plan } = found;
  const { terminal, words } = session;
  const { json } = session.line.control;
  const [key] = words;
  if (key === undefined) {
    if (json) {
      const standings = Object.values(plan.decisions).flatMap((decision) => standingDocument(found, decision));
      const about = standings.length === 0 ? {} : { inForce: standings };
      terminal.json({ schema: JSON_SCHEMA, ok: true, command: "explain", plan: planDocument(plan), ...about });
    } else {
      terminal.result(planText(plan, terminal.style, shownIn(found)));
      for (const line of summaryLines(found)) terminal.result(line);
    }
    return exitCodes.done;
  }
  const decisions = decisionsNamed(plan, key);
  if (json) {
    const documents = decisions.map((decision) => {
      const [inForce] = standingDocument(found, decision);
      return { ...(decisionDocument(decision) as object), ...(inForce === undefined ? {} : { inForce }) };
    });
    const about = sectionDocument(plan, key);
    terminal.json({ schema: JSON_SCHEMA, ok: true, command: "explain", decisions: documents, ...about });
  } else {
    const shownOf = shownIn(found);
    const texts = decisions.map(({ key: one }) => explainSetting(plan, one, shownOf?.(one)));
    terminal.result([...texts, ...(sectionTexts[key]?.(plan) ?? [])].join("\n\n"));
  }
  return exitCodes.done;
}

function shownIn({ plan, standings, places }: Explained): ((key: SettingKey) => Shown) | undefined {
  if (standings === undefined) return undefined;
  return (key) => {
    const standing = standings.get(key);
    if (standing === undefined) return { value: plan.decisions[key].value, notes: [] };
    return { value: standing.value, notes: standingNotes(standing, plan, places) };
  };
}

/** One, or none outside of a project. */
function standingDocument({ standings }: Explained, { key, unit }: Decision): readonly object[] {
  const standing = standings?.get(key);
  if (standing === undefined) return [];
  return [{ ...standing, text: standing.value === undefined ? "none" : contentText(standing.value, unit) }];
}

/** What in the project is otherwise than its plan, in a few lines; the settings themselves say it too. */
function summaryLines({ standings, places }: Explained): readonly string[] {
  const all = [...(standings?.values() ?? [])];
  const keys = (which: (one: (typeof all)[number]) => boolean) => all.filter(which).map(({ key }) => key);
  const overridden = keys(({ override }) => override !== undefined);
  const files = [...new Set(overridden.map(places.userOf))];
  const pinned = keys((one) => one.pinned);
  const behind = keys(({ by, retune }) => by === "recorded" && retune !== "leaves");
  return [
    ...files.map((file) => `Set in ${file}: ${overridden.filter((key) => places.userOf(key) === file).join(", ")}.`),
    ...(pinned.length === 0 ? [] : [`Pinned: ${pinned.join(", ")}.`]),
    ...(behind.length === 0
      ? []
      : [`Otherwise than ${places.tuned} has it: ${behind.join(", ")}. See create-fastserve diff.`]),
  ];
}

/** What a section has to say beside its settings. */
const sectionTexts: Readonly<Record<string, ((plan: Plan) => readonly string[]) | undefined>> = {
  memory: (plan) => ["The memory budget:", explainBudget(plan)],
  allocator: (plan) => [explainAllocator(plan)],
};

function sectionDocument(plan: Plan, key: string): object {
  if (key === "memory") return { budget: budgetDocument(plan) };
  return key === "allocator" ? { case: allocatorCase(plan) } : {};
}

/** One setting, or all of a section such as "limits". */
function decisionsNamed(plan: Plan, name: string): readonly Decision[] {
  const all = Object.values(plan.decisions);
  const found = all.filter(({ key }) => key === name || key.startsWith(`${name}.`));
  if (found.length > 0) return found;
  const near = nearest(
    name,
    all.map(({ key }) => key),
    editsAllowed(name),
  );
  throw new AppError({
    code: "SETTING_UNKNOWN",
    key: name,
    message: `There is no setting "${name}".`,
    next: near === undefined ? "create-fastserve explain lists all settings." : `Did you mean ${near}?`,
  });
}
