/** Files that the server reads at its start: certificate, key, and the admin listener's token. */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import process from "node:process";
import type { ServerConfig } from "../config/schema.ts";
import { readAdminToken } from "../control/admin-token.ts";
import { type Finding, ok, problem, warning } from "./finding.ts";

/** Renewal is usual 30 days before the end; one that has not come at half of that is likely to have failed. */
const DAYS_LEFT_MIN = 15;
const DAY_MS = 86_400_000;

export function checkFiles(config: ServerConfig, nowMs: number): readonly Finding[] {
  return [...checkTls(config, nowMs), ...checkToken(config)];
}

function checkTls({ tls }: ServerConfig, nowMs: number): readonly Finding[] {
  if (tls.mode === "off" || tls.cert === undefined || tls.key === undefined) return [];
  const cert = readFinding("tls.cert", tls.cert);
  const key = readFinding("tls.key", tls.key);
  if (typeof cert === "string" && typeof key === "string") {
    return [checkCertificate(tls.cert, cert, key, nowMs), ...checkModes("tls.key", tls.key)];
  }
  // The launch makes both where they are missing.
  if (tls.mode === "dev")
    return [ok("certificate", "none yet", "The launch makes one for this machine's loopback names.")];
  return [cert, key].filter((found) => typeof found !== "string");
}

function checkCertificate(path: string, certPem: string, keyPem: string, nowMs: number): Finding {
  const subject = "certificate";
  try {
    const certificate = new X509Certificate(certPem);
    if (!certificate.checkPrivateKey(createPrivateKey(keyPem))) {
      return problem(subject, path, "The key is not this certificate's.", "set tls.cert and tls.key to a pair");
    }
    return checkDates(path, Date.parse(certificate.validFrom), Date.parse(certificate.validTo), nowMs);
  } catch (error) {
    return problem(subject, path, `It cannot be used: ${messageOf(error)}.`, "set tls.cert and tls.key to PEM files");
  }
}

export function checkDates(path: string, fromMs: number, toMs: number, nowMs: number): Finding {
  const subject = "certificate";
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  const renew = "renew it, then restart the server";
  if (nowMs < fromMs)
    return problem(subject, path, `It is not valid before ${day(fromMs)}.`, "set this machine's clock");
  if (nowMs >= toMs) return problem(subject, path, `It expired on ${day(toMs)}: clients refuse it.`, renew);
  const daysLeft = Math.floor((toMs - nowMs) / DAY_MS);
  if (daysLeft < DAYS_LEFT_MIN)
    return warning(subject, path, `It expires on ${day(toMs)}, in ${daysLeft} days.`, renew);
  return ok(subject, path, `It is valid until ${day(toMs)}, and the key is its own.`);
}

/** By the server's own rule: it does not start with a token that others can read. */
function checkToken({ admin }: ServerConfig): readonly Finding[] {
  const path = admin.token_file;
  if (path === undefined) return [];
  const subject = "admin.token_file";
  try {
    readAdminToken(path);
    return [ok(subject, path, "It holds a token, and only its owner can read it.")];
  } catch (error) {
    const [said = "", next = "correct the file"] = messageOf(error).split(/[;:] (?=chmod|openssl)/);
    return [problem(subject, path, `${said.replace(/^.*?" /, "It ")}.`, next)];
  }
}

/** Text of the file, or why there is none. */
function readFinding(setting: string, path: string): string | Finding {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    return problem(setting, path, `It cannot be read: ${messageOf(error)}.`, `set ${setting}, or the file's owner`);
  }
}

/** Windows has no such bits. */
function checkModes(setting: string, path: string): readonly Finding[] {
  if (process.platform === "win32" || (statSync(path).mode & OTHERS_READ) === 0) return [];
  return [warning(setting, path, "Every user of this machine can read it.", `chmod 640 ${path}`)];
}

/** S_IROTH (inode(7)). */
const OTHERS_READ = 0o004;

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
