/** The answer to a request, wherever the files are known from. */

import type { Context } from "../../http/context.ts";
import { type Fallback, type FeatureServices, PASS } from "../../http/feature.ts";
import { HttpError } from "../../http/http-error.ts";
import { pathOf } from "../../http/path-of.ts";
import type { Reply } from "../../http/route.ts";
import { add } from "../../zones/counters.ts";
import { resultCounter } from "./file-counters.ts";
import { requestKey } from "./request-key.ts";

/** What knows the files: the table, or the disk. */
export interface FileSource {
  /** The answer for a name that has no forbidden part; undefined: no file has it. Methods are GET and HEAD. */
  serve(key: string, request: Request): Response | undefined | Promise<Response | undefined>;
  /** What there is under a name. */
  has(key: string): Presence | Promise<Presence>;
}

export type Presence = "file" | "redirect" | "nothing";

const ALLOW = "GET, HEAD, OPTIONS";

export function serveFiles(files: () => FileSource, { config, counters }: FeatureServices): Fallback {
  const { prefix } = config.static;
  const found = (context: Context, key: string, presence: Presence): Reply | typeof PASS => {
    if (presence === "redirect") return redirect(context.request.url, prefix, key);
    const { method } = context.request;
    // A file that GET did not find has gone since the scan.
    if (presence === "nothing" || method === "GET" || method === "HEAD") return missing();
    return otherMethod(method);
  };
  const missing = (): typeof PASS => {
    add(counters, resultCounter.missing, 1);
    return PASS;
  };
  return (context) => {
    const { request } = context;
    const key = requestKey(pathOf(request.url), prefix);
    if (key === undefined) return missing();
    const source = files();
    if (request.method === "GET" || request.method === "HEAD") {
      const response = source.serve(key, request);
      if (response instanceof Response) return response;
      if (response instanceof Promise) return response.then((late) => late ?? elsewhere(), unreadable);
      return elsewhere();
    }
    return elsewhere();

    function elsewhere(): Reply | typeof PASS | Promise<Reply | typeof PASS> {
      const presence = source.has(key as string);
      if (presence instanceof Promise) return presence.then((late) => found(context, key as string, late));
      return found(context, key as string, presence);
    }
  };
}

/** The system's error: too many open files, a disk that fails. It may be over soon. */
function unreadable(error: unknown): never {
  if (error instanceof HttpError || !(error instanceof Error) || !("code" in error)) throw error;
  throw new HttpError(503, "FILE_UNREADABLE", "The file cannot be read at the moment.", { "retry-after": "1" });
}

function otherMethod(method: string): Reply {
  if (method === "OPTIONS") return new Response(null, { status: 204, headers: { allow: ALLOW } });
  throw new HttpError(405, "METHOD_NOT_ALLOWED", `This path answers ${ALLOW}.`, { allow: ALLOW });
}

/**
 * To the folder's name with its slash. Written from the name that was found, below the prefix: so it never begins with two
 * slashes, which a browser would read as another host.
 */
function redirect(url: string, prefix: string, key: string): Response {
  const path = prefix + key.split("/").map(encodeURIComponent).join("/");
  const query = /\?[\x21\x23-\x7e]*/.exec(url)?.[0] ?? "";
  return new Response(null, { status: 308, headers: { location: `${path}/${query}` } });
}
