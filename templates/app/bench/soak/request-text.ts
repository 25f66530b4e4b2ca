/** Requests as bytes. */
import { Buffer } from "node:buffer";

const HOST = "soak.localhost";

export function getText(path: string, connection: "keep-alive" | "close" = "keep-alive"): string {
  return `GET ${path} HTTP/1.1\r\nHost: ${HOST}\r\nConnection: ${connection}\r\n\r\n`;
}

/** `chunks` bytes of data to a chunk; undefined: in one piece of a declared length. */
export function postBytes(path: string, bytes: number, chunkBytes?: number): Buffer {
  const head = `POST ${path} HTTP/1.1\r\nHost: ${HOST}\r\nContent-Type: application/octet-stream\r\n`;
  if (chunkBytes === undefined) {
    return Buffer.concat([Buffer.from(`${head}Content-Length: ${bytes}\r\n\r\n`, "latin1"), Buffer.alloc(bytes, "x")]);
  }
  const chunks: Buffer[] = [Buffer.from(`${head}Transfer-Encoding: chunked\r\n\r\n`, "latin1")];
  for (let left = bytes; left > 0; left -= chunkBytes) {
    const size = Math.min(left, chunkBytes);
    chunks.push(Buffer.from(`${size.toString(16)}\r\n`, "latin1"), Buffer.alloc(size, "x"), Buffer.from("\r\n"));
  }
  return Buffer.concat([...chunks, Buffer.from("0\r\n\r\n")]);
}
