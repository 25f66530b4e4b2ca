/** Which runtime adapter and which features this server is made of. Generated; the plan decides. */
import { requestLog } from "./features/request-log.ts";
import { websocket } from "./features/websocket.ts";
import type { Feature } from "./http/feature.ts";

export { bun as runtime } from "./runtime/bun.ts";

export const features: readonly Feature[] = [requestLog, websocket];
