/** Asks once before a load: whether the answer is what it must be, and how long it is, so that all others can be checked. */
import { connect } from "node:net";
import { BenchError } from "../cli/bench-error.ts";
import { ANSWER_MS_MAX } from "./answer-limit.ts";
import type { LoadTarget, RequestOrder } from "./order.ts";
import { BODY_PIECE_BYTES, bodyPiece, requestImage } from "./request-image.ts";
import { ResponseParser } from "./response-parser.ts";

/** Resolves with the order whose expected length is that of the answer; rejects when the answer is another. */
export async function askOnce(request: RequestOrder, target: LoadTarget): Promise<RequestOrder> {
  const { expected, method, path } = request;
  const answer = await answerOf(request, target);
  if (answer.status !== expected.status) {
    throw new BenchError(
      `${method} ${path}: the answer is ${answer.status}, not ${expected.status}; choose another --path.`,
    );
  }
  if (expected.bodyBytes !== null && answer.bodyBytes !== expected.bodyBytes) {
    throw new BenchError(
      `${method} ${path}: the answer has ${answer.bodyBytes} bytes, not ${expected.bodyBytes}; nothing else would be measured.`,
    );
  }
  return { ...request, expected: answer };
}

interface Answer {
  readonly status: number;
  readonly bodyBytes: number;
}

function answerOf(request: RequestOrder, target: LoadTarget): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const image = requestImage(request, target);
    const socket = connect({ host: target.host, port: target.port, noDelay: true });
    let answer: Answer | undefined;
    const parser = new ResponseParser((status, bodyBytes) => {
      answer ??= { status, bodyBytes };
      socket.destroy();
    });
    const fail = (reason: string) => {
      reject(new BenchError(`${request.method} ${request.path}: ${reason}; choose another --path.`));
      socket.destroy();
    };
    socket.setTimeout(ANSWER_MS_MAX, () => fail(`no answer within ${ANSWER_MS_MAX} ms`));
    socket.on("connect", () => {
      socket.write(image.bytes);
      for (let left = image.restBytes; left > 0; left -= BODY_PIECE_BYTES) {
        socket.write(bodyPiece.subarray(0, Math.min(left, BODY_PIECE_BYTES)));
      }
    });
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
      if (answer) resolve(answer);
      else fail("the connection was closed without an answer");
    });
  });
}
