/**
 * Request id: every response carries the id under which the log knows its request.
 *
 * With request_id.accept the id that came along is kept, so that one id follows a request through proxy, server and
 * what lies behind. It is text of a stranger: only letters, digits and a few signs that neither end a log line nor open
 * markup, and never more than a bound; anything else is dropped in favour of an id of our own.
 */
import type { Feature } from "../http/feature.ts";
import type { Middleware } from "../http/middleware.ts";

/** What UUIDs, ULIDs, trace ids and base64url are made of; 128: above the longest of them, far below a log line. */
const WELL_FORMED = /^[A-Za-z0-9][A-Za-z0-9._:=+/-]{0,127}$/;

export const requestId: Feature = {
  name: "request-id",
  install({ config }) {
    const { header, accept } = config.request_id;
    if (header === "") return {};
    const stamp = { name: header, value: ({ id }: { readonly id: string }) => id };
    return accept ? { stamp, middleware: accepting(header) } : { stamp };
  },
};

/** Before everything else, so that all who read the id read the same one. */
function accepting(header: string): Middleware {
  return (next, route) => {
    // A constant has no id.
    if (route.constant) return next;
    return (context) => {
      const given = context.request.headers.get(header);
      if (given !== null && WELL_FORMED.test(given)) context.id = given;
      return next(context);
    };
  };
}
