/** Any data that a structured file can hold, and what two people change in it. */
import fc from "fast-check";

export type Data = string | number | boolean | readonly Data[] | { readonly [key: string]: Data };
export type DataTable = { readonly [key: string]: Data };

/** Three versions, and numbers by which each text chooses among the ways of writing the same data. */
export interface DataVersions {
  readonly base: DataTable;
  readonly local: DataTable;
  readonly next: DataTable;
  readonly style: readonly number[];
}

const keys = ["a", "b", "c", "x y", "id"] as const;

const { data, table: anyTable } = fc.letrec<{ data: Data; table: DataTable; list: Data; scalar: Data }>((tie) => ({
  data: fc.oneof({ depthSize: "small", withCrossShrink: true }, tie("scalar"), tie("table"), tie("list")),
  scalar: fc.constantFrom<Data>(1, 2, 3, true, "x", 'a "b"\n# c', "one: two\n\nthree\n", 1.5),
  table: fc.dictionary(fc.constantFrom(...keys), tie("data"), { maxKeys: 4, noNullPrototype: true }),
  list: fc.oneof(
    fc.array(tie("scalar"), { maxLength: 4 }),
    fc.array(tie("table"), { maxLength: 3 }),
    fc.array(tie("data"), { maxLength: 3 }),
  ),
}));

/** One change at the place that `steps` lead to. */
const change = fc.record({
  steps: fc.array(fc.nat({ max: 5 }), { minLength: 1, maxLength: 4 }),
  kind: fc.constantFrom("set" as const, "remove" as const, "add" as const),
  key: fc.constantFrom(...keys, "new"),
  value: data,
});

const changes = fc.array(change, { maxLength: 4 });

export const anyVersions: fc.Arbitrary<DataVersions> = fc
  .record({
    base: anyTable,
    mine: changes,
    ours: changes,
    style: fc.array(fc.nat({ max: 99 }), { minLength: 1, maxLength: 12 }),
  })
  .map(({ base, mine, ours, style }) => ({ base, local: afterAll(base, mine), next: afterAll(base, ours), style }));

type Change = Parameters<typeof after>[1];

function afterAll(base: DataTable, all: readonly Change[]): DataTable {
  let result: Data = base;
  for (const each of all) result = after(result, each);
  return isTable(result) ? result : base;
}

function after(
  data: Data,
  change: {
    readonly steps: readonly number[];
    readonly kind: "set" | "remove" | "add";
    readonly key: string;
    readonly value: Data;
  },
): Data {
  const [step = 0, ...steps] = change.steps;
  if (isList(data)) return afterInList(data, { ...change, steps }, step);
  if (!isTable(data)) return data;
  const names = Object.keys(data);
  const name = names[step % Math.max(names.length, 1)];
  if (name === undefined || (steps.length === 0 && change.kind === "add"))
    return { ...data, [change.key]: change.value };
  if (steps.length > 0) return { ...data, [name]: after(data[name] ?? 0, { ...change, steps }) };
  if (change.kind === "set") return { ...data, [name]: change.value };
  return Object.fromEntries(Object.entries(data).filter(([key]) => key !== name));
}

function afterInList(list: readonly Data[], change: Change, step: number): Data {
  const index = step % (list.length + 1);
  if (change.steps.length > 0) return list.map((item, at) => (at === index ? after(item, change) : item));
  if (change.kind === "remove") return list.filter((_, at) => at !== index);
  if (change.kind === "set") return list.map((item, at) => (at === index ? change.value : item));
  return [...list.slice(0, index), change.value, ...list.slice(index)];
}

/** Gives the numbers one after the other, again and again. */
export function styled(numbers: readonly number[]): () => number {
  let at = 0;
  return () => {
    at += 1;
    return numbers[at % numbers.length] ?? 0;
  };
}

export function isList(value: Data | undefined): value is readonly Data[] {
  return Array.isArray(value);
}

export function isTable(value: Data | undefined): value is DataTable {
  return typeof value === "object" && !Array.isArray(value);
}
