/**
 * A self-signed certificate for development (tls.mode = "dev"), made by openssl where the files are missing.
 * Valid for this machine's loopback names only, and for a year; delete the files to have new ones.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { ServerConfig } from "../config/schema.ts";

const DAYS = 365;
const NAMES = "DNS:localhost,IP:127.0.0.1,IP:::1";

/** Throws with a next step when openssl is missing or fails. Does nothing for other modes or when both files are there. */
export function ensureDevelopmentCertificate({ mode, cert, key }: ServerConfig["tls"]): void {
  if (mode !== "dev" || cert === undefined || key === undefined) return;
  if (existsSync(cert) && existsSync(key)) return;
  for (const path of [cert, key]) mkdirSync(dirname(path), { recursive: true });
  const result = spawnSync("openssl", opensslArguments(cert, key), { encoding: "utf8" });
  if (result.error) {
    throw new Error(
      `tls.mode = "dev" needs openssl to make ${cert}: ${result.error.message}; install it, or use files`,
    );
  }
  if (result.status !== 0) throw new Error(`openssl could not make ${cert}: ${result.stderr.trim()}`);
}

/** The key is written with permissions for its owner only (openssl's own doing for private keys). */
function opensslArguments(cert: string, key: string): readonly string[] {
  return [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", String(DAYS)],
    ...["-subj", "/CN=localhost", "-addext", `subjectAltName=${NAMES}`, "-keyout", key, "-out", cert],
  ];
}
