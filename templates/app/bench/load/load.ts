/** The built-in load: N connections in this thread, each a closed loop, all counting into one tally. */
import { Buffer } from "node:buffer";
import { connect } from "node:net";
import { BenchError } from "../cli/bench-error.ts";
import { Connection } from "./connection.ts";
import { ResponseParser } from "./response-parser.ts";
import { type Expected, Tally } from "./tally.ts";

export interface LoadTarget {
  readonly host: string;
  readonly port: number;
  readonly path: string;
}

export interface Load {
  readonly tally: Tally;
  stop(): void;
}

/** A request that waits longer than this has failed: five orders of magnitude above a normal answer. */
const ANSWER_MS_MAX = 5000;
const EXPIRE_CHECK_MS = 1000;
/** New connections per turn of the event loop: below every backlog, which holds what is not yet accepted. */
const OPEN_BATCH = 32;

export function startLoad(target: LoadTarget, connections: number, expected: Expected): Load {
  const tally = new Tally();
  const options = { host: target.host, port: target.port, requests: [requestBytes(target)], expected, tally };
  const all = Array.from({ length: connections }, () => new Connection(options));
  let opened = 0;
  let opener = setTimeout(openBatch, 0);
  const expiry = setInterval(() => {
    const sinceMs = performance.now() - ANSWER_MS_MAX;
    for (const connection of all) connection.expire(sinceMs);
  }, EXPIRE_CHECK_MS);

  function openBatch(): void {
    for (const connection of all.slice(opened, opened + OPEN_BATCH)) connection.open();
    opened += OPEN_BATCH;
    if (opened < all.length) opener = setTimeout(openBatch, 1);
  }

  return {
    tally,
    stop() {
      clearTimeout(opener);
      clearInterval(expiry);
      for (const connection of all) connection.stop();
    },
  };
}

/** Asks once: the answer that all others must be like. Rejects when it is no success. */
export function askOnce(target: LoadTarget): Promise<Expected> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: target.host, port: target.port, noDelay: true });
    let answer: Expected | undefined;
    const parser = new ResponseParser((status, bodyBytes) => {
      answer ??= { status, bodyBytes };
      socket.destroy();
    });
    const fail = (reason: string) => {
      reject(new BenchError(`GET ${target.path}: ${reason}; choose another --path.`));
      socket.destroy();
    };
    socket.setTimeout(ANSWER_MS_MAX, () => fail(`no answer within ${ANSWER_MS_MAX} ms`));
    socket.on("connect", () => socket.write(requestBytes(target)));
    socket.on("data", (bytes) => {
      try {
        if (!answer) parser.push(bytes);
      } catch (error) {
        fail(error instanceof Error ? error.message : String(error));
      }
    });
    socket.on("error", (error) => fail(error.message));
    socket.on("close", () => {
      if (!answer) parser.end();
      if (!answer) fail("the connection was closed without an answer");
      else if (answer.status < 200 || answer.status > 299) fail(`the answer is ${answer.status}`);
      else resolve(answer);
    });
  });
}

/** The least that HTTP/1.1 allows, so that the generator and the server's parser have little to do. */
function requestBytes({ host, port, path }: LoadTarget): Buffer {
  return Buffer.from(`GET ${path} HTTP/1.1\r\nHost: ${host}:${port}\r\n\r\n`, "latin1");
}
