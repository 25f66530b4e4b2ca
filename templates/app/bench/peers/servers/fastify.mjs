/** Fastify on Node, with hooks and response schemas: https://fastify.dev/docs/latest/Guides/Getting-Started/ */
import { randomUUID } from "node:crypto";
import Fastify from "fastify";
import { announce, CONSTANT, count, HOSTNAME, message, order } from "./order.mjs";

const { equal, headers, requestIdHeader, constantHasId } = order;
const app = Fastify({ logger: false, genReqId: equal ? () => randomUUID() : undefined });

if (equal) {
  const fixed = Object.fromEntries(headers);
  app.addHook("onRequest", (request, reply, done) => {
    reply.headers(fixed);
    if (requestIdHeader !== "" && (constantHasId || request.url !== "/constant"))
      reply.header(requestIdHeader, request.id);
    done();
  });
  app.addHook("onResponse", (_request, reply, done) => {
    // Fastify's own clock for the request.
    count(performance.now() - reply.elapsedTime);
    done();
  });
}

const replyOf = (properties) => ({ schema: { response: { 200: { type: "object", properties } } } });

app.get("/constant", (_request, reply) => reply.send(CONSTANT));
app.get("/json", replyOf({ message: { type: "string" } }), (_request, reply) => reply.send(message()));
app.get("/users/:id", replyOf({ id: { type: "string" } }), (request, reply) => reply.send({ id: request.params.id }));

await app.listen({ host: HOSTNAME, port: 0 });
announce(app.server.address().port);
