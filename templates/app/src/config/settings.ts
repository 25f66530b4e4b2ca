/**
 * The schema as a flat table: what the readers of TOML and environment need to know of each dotted key.
 * Derived from `schema.ts` at start-up, so a new setting is known everywhere by being declared there.
 */
import { z } from "zod";
import { type SettingKey, schema } from "./schema.ts";
import { isSecret } from "./secret.ts";

export interface Setting {
  readonly key: SettingKey;
  readonly section: string;
  readonly name: string;
  /** How text from the environment is read. */
  readonly kind: "number" | "boolean" | "text" | "list";
  readonly required: boolean;
  readonly secret: boolean;
  readonly type: z.ZodType;
}

type Sections = z.ZodObject<Readonly<Record<string, z.ZodObject<Readonly<Record<string, z.ZodType>>>>>>;

/** All settings of a schema of sections by dotted key, in its order. */
export function settingTable(sections: Sections): ReadonlyMap<string, Setting> {
  return new Map(
    Object.entries(sections.shape).flatMap(([section, object]) =>
      Object.entries(object.shape).map(([name, type]): [string, Setting] => {
        const key = `${section}.${name}` as SettingKey;
        const inner = unwrap(type);
        const secret = isSecret(name, type, inner);
        return [key, { key, section, name, kind: kindOf(inner), required: type === inner, secret, type: inner }];
      }),
    ),
  );
}

/** The server's settings. */
export const settings = settingTable(schema);

export const sections: ReadonlySet<string> = new Set(Object.keys(schema.shape));

/** "FASTSERVE__SERVER__PORT" for "server.port". */
export function variableOf(key: string): string {
  return `FASTSERVE__${key.replace(".", "__").toUpperCase()}`;
}

function unwrap(type: z.ZodType): z.ZodType {
  return type instanceof z.ZodOptional || type instanceof z.ZodDefault ? (type.unwrap() as z.ZodType) : type;
}

function kindOf(type: z.ZodType): Setting["kind"] {
  if (type instanceof z.ZodBoolean) return "boolean";
  if (type instanceof z.ZodNumber) return "number";
  if (type instanceof z.ZodArray) return "list";
  if (type instanceof z.ZodUnion) return kindOf(type.options[0] as z.ZodType);
  if (type instanceof z.ZodLiteral) return typeof [...type.values][0] === "number" ? "number" : "text";
  return "text";
}
