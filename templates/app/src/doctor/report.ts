/** The doctor's answer, for people and for programs. */
import type { Finding } from "./finding.ts";

export function isReady(findings: readonly Finding[]): boolean {
  return findings.every((finding) => finding.status !== "problem");
}

export function reportText(findings: readonly Finding[]): string {
  const columns = Math.max(...findings.map((finding) => finding.subject.length)) + 2;
  const indent = " ".repeat(2 + STATUS_COLUMNS + columns);
  const rows = findings.flatMap(({ status, subject, value, reason, next }) => [
    `  ${status.padEnd(STATUS_COLUMNS)}${subject.padEnd(columns)}${value}`,
    `${indent}${reason}`,
    ...(next === undefined ? [] : [`${indent}next: ${next}`]),
  ]);
  return [...rows, summary(findings), ""].join("\n");
}

const STATUS_COLUMNS = 9;

function summary(findings: readonly Finding[]): string {
  const count = (status: Finding["status"]) => findings.filter((finding) => finding.status === status).length;
  const counts = `${plural(count("problem"), "problem")}, ${plural(count("warning"), "warning")}`;
  return isReady(findings)
    ? `This host is ready for the plan: ${counts}.`
    : `This host is not ready for the plan: ${counts}.`;
}

function plural(count: number, name: string): string {
  return `${count} ${name}${count === 1 ? "" : "s"}`;
}

export function reportJson(findings: readonly Finding[]): string {
  return `${JSON.stringify({ ready: isReady(findings), findings }, null, 2)}\n`;
}
