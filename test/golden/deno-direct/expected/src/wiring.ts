/** Which runtime adapter and which features this server is made of. Generated; the plan decides. */
import { requestLog } from "./features/request-log.ts";
import { websocket } from "./features/websocket.ts";
import type { Feature } from "./http/feature.ts";

export { denoHttp as runtime } from "./runtime/deno-http.ts";

export const features: readonly Feature[] = [requestLog, websocket];
