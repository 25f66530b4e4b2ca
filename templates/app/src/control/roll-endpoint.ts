/** `POST /-/roll` of the admin listener: replaces all workers, one after the other. SIGUSR2 does the same. */
import { HttpError, problemResponse } from "../http/http-error.ts";
import type { Resource } from "../runtime/port.ts";

/** @param rollAll begins; returns why it cannot */
export function rollResource(rollAll: () => string | undefined): Resource {
  return {
    pattern: "/-/roll",
    endpoints: new Map([
      [
        "POST",
        () => {
          const refused = rollAll();
          if (refused !== undefined) return problemResponse(new HttpError(409, "NOT_ROLLED", `${refused}.`));
          return new Response("the workers are being replaced, one after the other\n", { status: 202 });
        },
      ],
    ]),
  };
}
