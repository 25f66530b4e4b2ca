/** Request log: one line per request, or per failed one, as log.requests says. Headers and queries are never logged. */
import type { Feature } from "../http/feature.ts";
import { pathOf } from "../http/path-of.ts";

export const requestLog: Feature = {
  name: "request-log",
  install({ config, logger }) {
    if (config.log.requests === "none") return {};
    const statusMin = config.log.requests === "errors" ? 500 : 0;
    return {
      observe({ request, id }, response, durationUs) {
        if (response.status < statusMin) return;
        logger.info("request", {
          id,
          method: request.method,
          path: pathOf(request.url),
          status: response.status,
          duration_us: Math.round(durationUs),
        });
      },
    };
  },
};
