/** Prints `src/drift/setting-bounds.ts` from the server's schema. */
import { z } from "zod";
import type { schema as serverSchema } from "../../templates/app/src/config/schema.ts";

const HEADER = `\
/**
 * What each setting can hold, in the schema's order. Printed from the server's schema by \`npm run golden:update\`, so that
 * a retune judges a pinned value without the schema library; a test keeps the two equal.
 */
import type { SettingKey } from "../../templates/app/src/config/schema.ts";

export type SettingBounds =
  | { readonly kind: "number"; readonly min: number; readonly max?: number; readonly usual?: number }
  | { readonly kind: "boolean"; readonly usual?: boolean }
  | { readonly kind: "text"; readonly charsMin?: number; readonly pattern?: string; readonly usual?: string }
  | { readonly kind: "texts"; readonly usual?: readonly string[] }
  | { readonly kind: "choice"; readonly of: readonly (string | number)[]; readonly usual?: string };

export const settingBounds = {
`;

interface Shape {
  readonly type?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly pattern?: string;
  readonly enum?: readonly (string | number)[];
  readonly anyOf?: readonly { readonly const: number }[];
  readonly default?: unknown;
}

export function printSettingBounds(schema: typeof serverSchema): string {
  const document = z.toJSONSchema(schema, { io: "input" }) as unknown as {
    readonly properties: Readonly<Record<string, { readonly properties: Readonly<Record<string, Shape>> }>>;
  };
  const rows = Object.entries(document.properties).flatMap(([section, { properties }]) =>
    Object.entries(properties).map(([name, shape]) => row(`${section}.${name}`, boundsOf(shape))),
  );
  return `${HEADER}${rows.join("")}} as const satisfies Readonly<Record<SettingKey, SettingBounds>>;\n`;
}

function boundsOf(shape: Shape): object {
  const usual = shape.default === undefined ? {} : { usual: shape.default };
  const choices = shape.enum ?? shape.anyOf?.map((one) => one.const);
  if (choices !== undefined) return { kind: "choice", of: choices, ...usual };
  if (shape.type === "integer") {
    const max = shape.maximum === Number.MAX_SAFE_INTEGER ? {} : { max: shape.maximum };
    return { kind: "number", min: shape.minimum, ...max, ...usual };
  }
  if (shape.type === "boolean") return { kind: "boolean", ...usual };
  if (shape.type === "array") return { kind: "texts", ...usual };
  if (shape.type !== "string") throw new Error(`a setting of type ${shape.type} has no form here`);
  const charsMin = shape.minLength === undefined ? {} : { charsMin: shape.minLength };
  const pattern = shape.pattern === undefined ? {} : { pattern: shape.pattern };
  return { kind: "text", ...charsMin, ...pattern, ...usual };
}

/** As the formatter lays it out. */
function row(key: string, bounds: object): string {
  return `  "${key}": ${literal(bounds)},\n`;
}

function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value !== "object" || value === null) {
    return typeof value === "number" && value >= 10_000 ? grouped(value) : JSON.stringify(value);
  }
  const fields = Object.entries(value).map(([name, field]) => `${name}: ${literal(field)}`);
  return `{ ${fields.join(", ")} }`;
}

function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, "_");
}
