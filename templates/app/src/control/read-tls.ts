/**
 * Key and certificate, read by the control plane: workers may not read files, and get the text by message.
 *
 * The file's bytes are zeroed once they are text. The text cannot be: all runtimes take PEM as a string, which the control
 * plane keeps for the workers that it starts later.
 */
import { readFileSync } from "node:fs";
import type { ServerConfig } from "../config/schema.ts";
import type { ListenOptions } from "../runtime/port.ts";
import { ensureDevelopmentCertificate } from "./development-certificate.ts";

const decoder = new TextDecoder();

/** @throws Error with a sentence for the operator */
export function readTls(config: ServerConfig): ListenOptions["tls"] {
  const { mode, cert, key, profile } = config.tls;
  if (mode === "off" || cert === undefined || key === undefined) return undefined;
  ensureDevelopmentCertificate(config.tls);
  return { certPem: readPem("tls.cert", cert), keyPem: readPem("tls.key", key), profile };
}

function readPem(setting: string, path: string): string {
  try {
    const bytes = readFileSync(path);
    const text = decoder.decode(bytes);
    bytes.fill(0);
    return text;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${setting} = "${path}" cannot be read: ${reason}`);
  }
}
