/** The comparison of proxy and server must find what is out of step: relays that are doctored in one way each. */
import assert from "node:assert/strict";
import { connect, createServer, type Socket } from "node:net";
import { describe, it } from "node:test";
import { allCases } from "./catalogue.ts";
import type { Forwarded, RunningProxy } from "./proxy-process.ts";
import { runThroughProxy } from "./through-proxy.ts";

interface Doctored {
  /** Which of the requests in one connection's bytes it owns up to. */
  readonly log: (requests: readonly Forwarded[]) => readonly Forwarded[];
  /** What becomes of the server's answers. */
  readonly answer: (text: string) => string;
}

const faithful: Doctored = { log: (requests) => requests, answer: (text) => text };

/** Passes bytes on as they are, and takes whatever looks like a request line for a request. */
function relay({ log, answer }: Doctored): (serverPort: number) => Promise<RunningProxy> {
  return (serverPort) =>
    new Promise((resolve) => {
      const connections: { text: string; logged: number }[] = [];
      const sockets = new Set<Socket>();
      const server = createServer((client) => {
        const connection = { text: "", logged: 0 };
        connections.push(connection);
        const upstream = connect({ host: "127.0.0.1", port: serverPort });
        for (const [socket, other] of [
          [client, upstream],
          [upstream, client],
        ] as const) {
          sockets.add(socket);
          socket.on("error", () => other.destroy());
          socket.on("close", () => other.destroy());
          socket.on("end", () => other.end());
        }
        client.on("data", (chunk: Uint8Array) => {
          connection.text += new TextDecoder("latin1").decode(chunk);
          upstream.write(chunk);
        });
        upstream.on("data", (chunk: Uint8Array) =>
          client.write(answer(new TextDecoder("latin1").decode(chunk)), "latin1"),
        );
      });
      const take = () =>
        connections.flatMap((connection) => {
          const requests = log(
            [...connection.text.matchAll(/([A-Z]+) (\S+) HTTP\/1\.1\r\n/g)].map(([, method = "", target = ""]) => ({
              method,
              target,
            })),
          );
          const fresh = requests.slice(connection.logged);
          connection.logged = requests.length;
          return fresh;
        });
      const stop = () => {
        server.close();
        for (const socket of sockets) socket.destroy();
      };
      server.listen(0, "127.0.0.1", () => {
        const address = server.address();
        resolve({ port: typeof address === "object" && address ? address.port : 0, take, stop });
      });
    });
}

/** Two valid requests, one behind the other: each adapter answers both. */
const pipelined = allCases.filter(({ id }) => id === "connection-pipelined");

describe("runThroughProxy()", () => {
  async function problemWith(doctored: Partial<Doctored>): Promise<string | undefined> {
    const passages = await runThroughProxy(relay({ ...faithful, ...doctored }), pipelined);
    assert.equal(passages.length, 1);
    return passages[0]?.problem;
  }

  it("finds nothing between a server and a faithful relay", async () => {
    assert.equal(await problemWith({}), undefined);
  });

  it("finds a request that the proxy took for a part of another one", async () => {
    const problem = await problemWith({ log: (requests) => requests.slice(0, 1) });
    assert.match(problem ?? "", /^a handler saw what the proxy did not send: POST \/b hello; GET \/next/);
  });

  it("finds an answer that belongs to another request", async () => {
    // The same length, so that the framing stays right.
    const problem = await problemWith({ answer: (text) => text.replace(/#\d/g, "#9") });
    assert.equal(problem, "an answer belongs to another request");
  });

  it("finds that the next client is not answered as it should be", async () => {
    const problem = await problemWith({ answer: (text) => text.replace("HTTP/1.1 200", "HTTP/1.1 502") });
    assert.equal(problem, "the next client was answered 502");
  });
});
