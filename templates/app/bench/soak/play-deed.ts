/** Does what a deed says, on connections of its own, which are closed when it is done. */
import type { Deed, DeedKind } from "./mixture.ts";
import { playSocket } from "./play-socket.ts";
import { getText, postBytes } from "./request-text.ts";
import type { Stage } from "./stage.ts";
import { type Wire, WireEnd } from "./wire.ts";

/** Small enough that most bodies have several. */
const CHUNK_BYTES = 1000;

/** Of a malformed request, in the report. */
const SHOWN_CHARS = 60;

type Play<Kind extends DeedKind> = (deed: Extract<Deed, { kind: Kind }>, stage: Stage) => Promise<void>;

const plays: { readonly [Kind in DeedKind]: Play<Kind> } = {
  requests: ({ paths, pauseMs }, stage) =>
    stage.with("requests in turn", async (wire) => {
      for (const path of paths) {
        await ask(wire, stage, path);
        if (stage.ending.aborted || !wire.keepAlive) return;
        if (pauseMs > 0) await stage.pause(pauseMs);
      }
    }),

  bodies: ({ path, bytes, chunked }, stage) =>
    stage.with(`POST ${path}`, async (wire) => {
      for (const size of bytes) {
        const asked = `POST ${path} of ${size} bytes${chunked ? " in chunks" : ""}`;
        wire.send(postBytes(path, size, chunked ? CHUNK_BYTES : undefined));
        // An echo is as long as what was sent; the others say in some bytes how much they got.
        stage.tookBody(await wire.answer(stage.answerMsMax), asked, path === "/echo" ? size : undefined);
        if (stage.ending.aborted || !wire.keepAlive) return;
      }
    }),

  pipeline: ({ paths }, stage) =>
    stage.with("a pipeline", async (wire) => {
      wire.send(paths.map((path) => getText(path)).join(""));
      for (const path of paths) stage.took(await wire.answer(stage.answerMsMax), `GET ${path} in a pipeline`);
    }),

  churn: ({ path }, stage) => stage.with(`GET ${path}`, (wire) => ask(wire, stage, path, "close")),

  "abort-answer": ({ paths, reads }, stage) =>
    stage.with("a pipeline", async (wire) => {
      wire.send(paths.map((path) => getText(path)).join(""));
      if (reads) await wire.answer(stage.answerMsMax);
      stage.counts.left += 1;
    }),

  "abort-upload": ({ path, bytes, sentBytes }, stage) =>
    stage.with(`half of POST ${path}`, async (wire) => {
      const whole = postBytes(path, bytes);
      wire.send(whole.subarray(0, whole.length - bytes + sentBytes));
      // Long enough for the server to have begun with it.
      await stage.pause(2);
      stage.counts.left += 1;
    }),

  "slow-head": ({ path, stepMs, steps }, stage) =>
    stage.with(`GET ${path}, slowly`, async (wire) => {
      const head = getText(path);
      for (let at = 0; at < steps && at < head.length; at += 1) {
        wire.send(head.slice(at, at + 1));
        await stage.pause(stepMs);
        // A server may be tired of it; that is its right.
        if (wire.hasEnded) return;
      }
      if (stage.ending.aborted) return;
      wire.send(head.slice(steps));
      stage.took(await wire.answer(stage.answerMsMax), `GET ${path}, its head byte by byte,`);
    }),

  "slow-reader": ({ paths, holdMs, reads }, stage) =>
    stage.with("a slow reader", async (wire) => {
      wire.pauseReading();
      wire.send(paths.map((path) => getText(path)).join(""));
      await stage.pause(holdMs);
      if (!reads || stage.ending.aborted) {
        stage.counts.left += 1;
        return;
      }
      wire.resumeReading();
      for (const path of paths) stage.took(await wire.answer(stage.answerMsMax), `GET ${path} in a pipeline`);
    }),

  malformed: ({ text }, stage) =>
    stage.with("a malformed request", async (wire) => {
      wire.send(text);
      const answer = await wire.answer(stage.answerMsMax).catch((error: unknown) => {
        // Closing without an answer is one way to refuse.
        if (error instanceof WireEnd && error.kind === "lost") return undefined;
        throw error;
      });
      stage.tookMalformed(answer, JSON.stringify(text.slice(0, SHOWN_CHARS)));
    }),

  socket: playSocket,

  idle: ({ holdMs }, stage) => stage.with("nothing", () => stage.pause(holdMs)),
};

export function playDeed(deed: Deed, stage: Stage): Promise<void> {
  return (plays[deed.kind] as Play<DeedKind>)(deed, stage);
}

async function ask(wire: Wire, stage: Stage, path: string, connection?: "close"): Promise<void> {
  wire.send(getText(path, connection));
  stage.took(await wire.answer(stage.answerMsMax), `GET ${path}`);
}
