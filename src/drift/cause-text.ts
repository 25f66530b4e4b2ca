/** A cause in words: "memory 4 GiB -> 2 GiB", "features +rate-limit -cors", "version 0.1.0 -> 0.2.0". */
import type { AnswerKey } from "../answers/answers.ts";
import type { FactKey } from "../facts/hardware-facts.ts";
import { formatBytes } from "../lib/units.ts";
import { GENERATOR, PIN } from "./causes-of.ts";
import type { Cause } from "./effect.ts";

const factWords: Readonly<Record<FactKey, string>> = {
  os: "system",
  arch: "architecture",
  cpus: "CPUs",
  cpusHost: "the machine's CPUs",
  memoryBytes: "memory",
  memoryHostBytes: "the machine's memory",
  pageBytes: "page size",
  smt: "multithreading",
  numaNodes: "memory nodes",
  l2Bytes: "L2 cache",
  l3Bytes: "L3 cache",
  cpuFlags: "CPU features",
  kernel: "kernel",
  libc: "C library",
  transparentHugePages: "transparent huge pages",
  hugePagesTotal: "huge pages",
  somaxconn: "net.core.somaxconn",
  nofile: "soft limit on open files",
  nofileHard: "hard limit on open files",
  tcpMigrateReq: "net.ipv4.tcp_migrate_req",
  container: "container",
};

const answerWords: Partial<Record<AnswerKey, string>> = {
  cpus: "CPUs asked for",
  memory: "memory asked for",
  connections: "connections asked for",
  tlsProfile: "TLS profile",
  tls: "TLS",
  packageManager: "package manager",
};

/** @param arrow between the two values */
export function causeText(cause: Cause, arrow = "->"): string {
  const { input, before, after } = cause;
  if (input === PIN) return "no pin keeps it";
  const [kind = "", name = ""] = input.split(".");
  if (input === GENERATOR) return `version ${before} ${arrow} ${after}`;
  if (kind === "features") return `feature ${name} ${after === "true" ? "added" : "removed"}`;
  return `${inputWords(kind, name)} ${changeText(cause, arrow)}`;
}

function inputWords(kind: string, name: string): string {
  if (kind === "facts") return factWords[name as FactKey] ?? name;
  if (kind === "answers") return answerWords[name as AnswerKey] ?? name;
  return name === "" ? kind : `${kind}.${name}`;
}

function changeText({ input, before, after }: Cause, arrow: string): string {
  const lists = [before, after].some((text) => text.includes(","));
  if (!lists) {
    const [from, to] = [valueText(input, before), valueText(input, after)];
    // What rounding would show the same is shown exactly.
    return from === to ? `${before} ${arrow} ${after}` : `${from} ${arrow} ${to}`;
  }
  const [was, is] = [before, after].map((text) => text.split(",").filter((item) => item !== ""));
  const added = (is ?? []).filter((item) => !was?.includes(item)).map((item) => `+${item}`);
  const removed = (was ?? []).filter((item) => !is?.includes(item)).map((item) => `-${item}`);
  return [...added, ...removed].join(" ") || "in another order";
}

function valueText(input: string, value: string): string {
  if (value === "") return input.startsWith("answers.") ? "not given" : "none";
  const isBytes = /bytes$/i.test(input) || input === "answers.memory";
  return isBytes && /^\d+$/.test(value) ? formatBytes(Number(value)) : value;
}
