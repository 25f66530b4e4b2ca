/** Your routes. Written once when the project was created; never touched again. `/` is `public/index.html`. */
import { HttpError } from "../http/http-error.ts";
import { defineRoutes } from "../http/route.ts";

export const routes = defineRoutes({
  "GET /json": () => ({ message: "Hello, JSON" }),

  // "/users/:id<int>" would hand out a number, and be no route for anything else.
  "GET /users/:id": ({ params }) => ({ id: params.id }),

  // Bounded by limits.body_bytes_max: a larger body gets 413 before it is in memory.
  "POST /echo": async (context) => context.bytes(),

  // An HttpError is told to the client; anything else thrown becomes a bare 500 and a log line.
  "GET /teapot": () => {
    throw new HttpError(418, "TEAPOT", "This server is a teapot.");
  },
});
