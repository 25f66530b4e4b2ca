/** Prints `src/tree/setting-descriptions.ts` from the server's schema. */
import type { schema as serverSchema } from "../../templates/app/src/config/schema.ts";

const HEADER = `\
/**
 * What each setting does, in the schema's order. Printed from the server's schema by \`npm run golden:update\`, so that
 * the generator starts without the schema library; a test keeps the two equal.
 */
import type { SettingKey } from "../../templates/app/src/config/schema.ts";

export const settingDescriptions = {
`;

export function printSettingDescriptions(schema: typeof serverSchema): string {
  const rows = Object.entries(schema.shape).flatMap(([section, { shape }]) =>
    Object.entries(shape).map(([name, { description }]) => {
      if (description === undefined) throw new Error(`${section}.${name} has no description`);
      return row(`${section}.${name}`, description);
    }),
  );
  return `${HEADER}${rows.join("")}} as const satisfies Readonly<Record<SettingKey, string>>;\n`;
}

/** As the formatter lays it out: a line of more than 120 columns is broken after the key. */
function row(key: string, description: string): string {
  const text = description.includes('"') ? `'${description}'` : JSON.stringify(description);
  const line = `  "${key}": ${text},\n`;
  return line.length - 1 <= 120 ? line : `  "${key}":\n    ${text},\n`;
}
