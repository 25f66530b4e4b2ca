/** Which runtime adapter and which features this server is made of. Generated; the plan decides. */
import { compression } from "./features/compression.ts";
import { overload } from "./features/overload.ts";
import { rateLimit } from "./features/rate-limit.ts";
import { requestId } from "./features/request-id.ts";
import { requestLog } from "./features/request-log.ts";
import { responseCache } from "./features/response-cache.ts";
import { securityHeaders } from "./features/security-headers.ts";
import { websocket } from "./features/websocket.ts";
import type { Feature } from "./http/feature.ts";

export { denoHttp as runtime } from "./runtime/deno-http.ts";

export const features: readonly Feature[] = [
  requestId,
  requestLog,
  securityHeaders,
  overload,
  rateLimit,
  responseCache,
  compression,
  websocket,
];
