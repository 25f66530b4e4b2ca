/** nginx as a peer: one worker, everything in a folder of its own, so that it needs no rights and leaves nothing behind. */
import { BenchError } from "../cli/bench-error.ts";
import type { PeerOrder } from "./peer-order.ts";

export interface NginxPlan {
  readonly port: number;
  readonly connections: number;
  /** The text of GET /constant. */
  readonly constant: string;
  /** File of the folder that GET /json sends. */
  readonly jsonFile: string;
  readonly order: PeerOrder;
}

/** All paths are relative to the folder that nginx gets by `-p`. https://nginx.org/en/docs/http/ngx_http_core_module.html */
export function nginxConfig({ port, connections, constant, jsonFile, order }: NginxPlan): string {
  const fixed = order.headers.map(([name, value]) => `add_header ${name} ${quoted(value)} always;`);
  const id = order.requestIdHeader === "" ? [] : [`add_header ${order.requestIdHeader} $request_id always;`];
  return `daemon off;
worker_processes 1;
pid nginx.pid;
error_log stderr error;
events {
  # Each connection of the load, and a few to spare.
  worker_connections ${connections + 64};
}
http {
  access_log off;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  types { application/json json; }
  default_type text/plain;
  sendfile on;
  open_file_cache max=16 inactive=1h;
  open_file_cache_valid 1h;
  # The load keeps its connections.
  keepalive_requests 1000000000;
  # Add fields that this server does not send.
  etag off;
  max_ranges 0;
  add_header last-modified "" always;
  server {
    listen 127.0.0.1:${port} backlog=4096;
    root .;
    location = /constant {
${indented([...fixed, ...(order.constantHasId ? id : []), `return 200 ${quoted(constant)};`])}
    }
    location = /json {
${indented(['add_header last-modified "" always;', ...fixed, ...id, `try_files /${jsonFile} =404;`])}
    }
  }
}
`;
}

function indented(lines: readonly string[]): string {
  return lines.map((line) => `      ${line}`).join("\n");
}

/** In double quotes a backslash and a quote are escaped, and a dollar would be a variable. */
function quoted(text: string): string {
  if (text.includes("$")) throw new BenchError(`nginx cannot be given a text with a dollar sign: ${text}`);
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}
