/** The Vary field as the list that it is (RFC 9110, section 12.5.5). */

/** @returns `field` with those of `names` added that it lacks; "*" says everything already */
export function withVary(field: string | null | undefined, names: string): string {
  if (!field) return names;
  const known = new Set(listed(field));
  if (known.has("*")) return field;
  const missing = names.split(",").filter((name) => !known.has(name.trim().toLowerCase()));
  return [field, ...missing.map((name) => name.trim())].join(", ");
}

function listed(field: string): readonly string[] {
  return field.split(",").map((part) => part.trim().toLowerCase());
}
