/**
 * The values in force: what the tuned file holds, by dotted key. They are read from the file and not planned again,
 * because another version of this program may plan otherwise than the one that wrote it.
 */
import { readToml } from "../../templates/app/src/config/read-toml.ts";
import { AppError } from "../lib/errors.ts";
import type { SettingContent } from "../plan/decision.ts";
import { settingContent } from "./setting-content.ts";

/** By dotted key; a key without a value is not set. It may hold keys that this version does not know. */
export type RecordedValues = ReadonlyMap<string, SettingContent>;

/**
 * Reads a tuned file as it was last generated; `path` is named in errors.
 * @throws AppError PROJECT_STATE_INVALID when it is no TOML or holds what no setting can
 */
export function recordedValues(toml: string, path: string): RecordedValues {
  const { entries, problems } = readToml(toml, path, "tuned");
  const values = new Map<string, SettingContent>();
  const wrong = problems.map(({ where, message }) => ({ where, message }));
  for (const { key, value, place } of entries) {
    const content = settingContent(value);
    if (content === undefined) wrong.push({ where: place.where, message: `${key} holds what no setting can.` });
    else values.set(key, content);
  }
  if (wrong.length === 0) return values;
  throw new AppError(
    wrong.map(({ where, message }) => ({
      code: "PROJECT_STATE_INVALID",
      key: path,
      message: `${where}: ${message}`,
      next: `Restore ${path} from version control.`,
    })),
  );
}
