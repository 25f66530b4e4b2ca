/** Which runtime adapter and which features this server is made of. Generated; the plan decides. */
import { auth } from "./features/auth.ts";
import { compression } from "./features/compression.ts";
import { cors } from "./features/cors.ts";
import { overload } from "./features/overload.ts";
import { rateLimit } from "./features/rate-limit.ts";
import { requestId } from "./features/request-id.ts";
import { requestLog } from "./features/request-log.ts";
import { responseCache } from "./features/response-cache.ts";
import { securityHeaders } from "./features/security-headers.ts";
import { staticFiles } from "./features/static-files.ts";
import { tasks } from "./features/tasks.ts";
import { websocket } from "./features/websocket.ts";
import type { Feature } from "./http/feature.ts";

export { bun as runtime } from "./runtime/bun.ts";

export const features: readonly Feature[] = [
  requestId,
  requestLog,
  securityHeaders,
  cors,
  overload,
  rateLimit,
  auth,
  responseCache,
  compression,
  tasks,
  websocket,
  staticFiles,
];
