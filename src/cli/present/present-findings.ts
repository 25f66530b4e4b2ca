/** The doctor's rows, for people and for programs. */
import type { Finding } from "../../doctor/finding.ts";
import { exitCodes } from "../../lib/errors.ts";
import { JSON_SCHEMA } from "../command.ts";
import { brokenLines } from "./columns.ts";
import type { Style } from "./style.ts";

/** 0 without problems, warnings allowed; else what the first problem leads to. */
export function exitCodeOf(findings: readonly Finding[]): number {
  const first = findings.find(({ status }) => status === "problem");
  return first === undefined ? exitCodes.done : exitCodes[first.exit ?? "drift"];
}

export function findingLines(findings: readonly Finding[], style: Style, columns: number): readonly string[] {
  const subjectChars = Math.max(...findings.map(({ subject }) => subject.length));
  return [...findings.flatMap((finding) => rowLines(finding, subjectChars, style, columns)), summary(findings, style)];
}

/** What is well takes one line where that has room; what is not is read more closely. */
function rowLines(finding: Finding, subjectChars: number, style: Style, columns: number): readonly string[] {
  const { status, subject, value, reason, next } = finding;
  const indent = subjectChars + 4;
  const head = `${mark(status, style)} ${subject.padEnd(subjectChars)}  ${style.bold(value)}`;
  const fits = indent + value.length + 2 + reason.length <= columns;
  if (status === "ok" && fits) return [`${head}  ${style.dim(reason)}`];
  const inColumn = (text: string): readonly string[] =>
    brokenLines(text, indent, columns).map((line) => `${" ".repeat(indent)}${style.dim(line)}`);
  return [head, ...inColumn(reason), ...(next === undefined ? [] : inColumn(`next: ${next}`))];
}

export function findingsDocument(directory: string, findings: readonly Finding[]): object {
  return {
    schema: JSON_SCHEMA,
    ok: exitCodeOf(findings) === exitCodes.done,
    command: "doctor",
    directory,
    findings: findings.map(({ exit, ...row }) => row),
  };
}

function mark(status: Finding["status"], style: Style): string {
  if (status === "ok") return style.green(style.done);
  return status === "warning" ? style.yellow(style.warning) : style.red(style.failed);
}

function summary(findings: readonly Finding[], style: Style): string {
  const count = (status: Finding["status"]): number => findings.filter((finding) => finding.status === status).length;
  const [problems, warnings] = [count("problem"), count("warning")];
  const text = `${problems} problem${problems === 1 ? "" : "s"}, ${warnings} warning${warnings === 1 ? "" : "s"}.`;
  return problems === 0 ? style.green(text) : style.red(text);
}
