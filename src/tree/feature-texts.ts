/** What each feature does for whoever reads the project's README, and the sections of its settings. */
import type { ServerConfig } from "../../templates/app/src/config/schema.ts";
import type { FeatureName } from "../answers/choices.ts";

export interface FeatureText {
  readonly does: string;
  readonly sections: readonly (keyof ServerConfig)[];
}

export const featureTexts: Readonly<Record<FeatureName, FeatureText>> = {
  "request-id": {
    does: "Sends each request's id, the one that its log line has, in a response header.",
    sections: ["request_id"],
  },
  "request-log": {
    does: "Writes one structured line per request, or per failed one; never headers or queries.",
    sections: ["log"],
  },
  "security-headers": {
    does: "Adds OWASP's response headers, computed once; a handler's own header wins.",
    sections: ["security_headers"],
  },
  cors: {
    does: "Answers preflights and names the origins whose scripts may read answers.",
    sections: ["cors"],
  },
  overload: {
    does: "Turns requests away in order of their priority before lag, memory or requests in flight break the server.",
    sections: ["overload"],
  },
  "rate-limit": {
    does: "Limits each client's requests, exactly across all workers, and those of single routes.",
    sections: ["rate_limit", "proxy"],
  },
  auth: {
    does: "Checks passwords (scrypt) and bearer tokens for the routes that ask for it.",
    sections: ["auth"],
  },
  "response-cache": {
    does: "Keeps answers of the routes that ask for it in memory that all workers share.",
    sections: ["cache"],
  },
  compression: {
    does: "Compresses replies above a size, as the client's Accept-Encoding allows.",
    sections: ["compression"],
  },
  tasks: {
    does: "Runs the functions of `src/app/tasks.ts` on threads of their own, with a deadline.",
    sections: ["tasks"],
  },
  websocket: {
    does: "Serves the sockets of `src/app/sockets.ts`, with an exact limit.",
    sections: ["websocket"],
  },
  "static-files": {
    does: "Serves a folder: ranges, validators, precompressed files; no request's path reaches the file system.",
    sections: ["static"],
  },
};
