/** The types of a table of tasks: `{ name: (input) => output }`. */
import type { Transferred } from "./transferred.ts";

/** Input and output are copied between threads (structured clone): plain data, bytes, dates, maps; no functions. */
export type TaskTable = Readonly<Record<string, (input: never) => unknown>>;

export type TaskInput<Table extends TaskTable, Name extends keyof Table> = Parameters<Table[Name]>[0];

type Output<Result> = Result extends Transferred<infer Value> ? Value : Result;

export type TaskOutput<Table extends TaskTable, Name extends keyof Table> = Output<Awaited<ReturnType<Table[Name]>>>;
