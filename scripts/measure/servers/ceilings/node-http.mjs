/** node:http, on Node or on Deno: `node node-http.mjs`. Says `port N` on stderr. */
import { createServer } from "node:http";
import { BODY } from "./answers.mjs";

const server = createServer((_request, response) => {
  response.setHeader("content-type", "text/plain;charset=utf-8");
  response.end(BODY);
});
server.listen({ host: "127.0.0.1", port: 0 }, () => console.error(`port ${server.address().port}`));
