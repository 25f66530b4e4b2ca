/** The order in which settings are decided: each after the settings that its rule reads. */
import type { SettingKey } from "../../templates/app/src/config/schema.ts";
import { assert } from "../lib/assert.ts";

type Graph = Readonly<Record<string, { readonly reads: readonly string[] }>>;

/** Keys in dependency order, ties in the table's order. A cycle is a defect of the table and throws. */
export function decisionOrder(table: Graph): readonly SettingKey[] {
  const order: string[] = [];
  const done = new Set<string>();
  const path: string[] = [];

  function visit(key: string): void {
    if (done.has(key)) return;
    assert(!path.includes(key), `rules read each other in a circle: ${[...path, key].join(" -> ")}`);
    path.push(key);
    for (const input of table[key]?.reads ?? []) if (input in table) visit(input);
    path.pop();
    done.add(key);
    order.push(key);
  }

  for (const key of Object.keys(table)) visit(key);
  return order as SettingKey[];
}
