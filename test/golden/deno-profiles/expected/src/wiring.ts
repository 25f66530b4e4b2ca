/** Which runtime adapter and which features this server is made of. Generated; the plan decides. */
import { overload } from "./features/overload.ts";
import { requestId } from "./features/request-id.ts";
import { requestLog } from "./features/request-log.ts";
import { responseCache } from "./features/response-cache.ts";
import { securityHeaders } from "./features/security-headers.ts";
import { websocket } from "./features/websocket.ts";
import type { Feature } from "./http/feature.ts";

export { denoServe as runtime } from "./runtime/deno-serve.ts";

export const features: readonly Feature[] = [
  requestId,
  requestLog,
  securityHeaders,
  overload,
  responseCache,
  websocket,
];
