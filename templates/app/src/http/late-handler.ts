/** The time limit of an asynchronous handler: late, it is answered for, told so by its signal, and what it brings is dropped. */
import { add, counter } from "../zones/counters.ts";
import type { Context } from "./context.ts";
import type { DeadlineList, Waiting } from "./deadlines.ts";
import { HttpError } from "./http-error.ts";
import type { PipelineServices } from "./pipeline.ts";
import type { Reply } from "./route.ts";

type FinishLater = (
  context: Context,
  reply: Promise<Reply>,
  startedMs: number,
  services: PipelineServices,
) => Promise<Response>;

/** Makes the response and accounts for the request, once per request; neither throws. */
export interface Finishing {
  reply(context: Context, reply: Reply, startedMs: number, services: PipelineServices): Response;
  failure(context: Context, error: unknown, startedMs: number, services: PipelineServices): Response;
}

export function finishInTime(list: DeadlineList, finishing: Finishing): FinishLater {
  return (context, reply, startedMs, services) =>
    new Promise((resolve, reject) => {
      const race = new Race(context, startedMs, services, finishing, resolve, reject);
      list.join(race);
      const inTime = (value: Reply) => {
        if (race.isLate) return dropReply(value);
        list.leave(race);
        resolve(finishing.reply(context, value, startedMs, services));
      };
      const failed = (error: unknown) => {
        // A late failure is nobody's concern any more: most often it is what the handler made of the signal.
        if (race.isLate) return;
        list.leave(race);
        resolve(finishing.failure(context, error, startedMs, services));
      };
      // What an observer throws meanwhile is for the adapter's last line of defence.
      reply.then(inTime, failed).catch(reject);
    });
}

class Race implements Waiting {
  startedMs: number;
  previous: Waiting | undefined;
  next: Waiting | undefined;
  isLate = false;
  readonly #context: Context;
  readonly #services: PipelineServices;
  readonly #finishing: Finishing;
  readonly #resolve: (response: Response) => void;
  readonly #reject: (error: unknown) => void;

  constructor(
    context: Context,
    startedMs: number,
    services: PipelineServices,
    finishing: Finishing,
    resolve: (response: Response) => void,
    reject: (error: unknown) => void,
  ) {
    this.#context = context;
    this.startedMs = startedMs;
    this.#services = services;
    this.#finishing = finishing;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  expire(): void {
    this.isLate = true;
    const error = new HttpError(503, "HANDLER_TIMEOUT", "The server took too long to answer this request.");
    add(this.#services.zones.counters, counter.handlerTimeouts, 1);
    try {
      this.#resolve(this.#finishing.failure(this.#context, error, this.startedMs, this.#services));
    } catch (failure) {
      this.#reject(failure);
    }
    this.#context.abort(error);
  }
}

/** A body that nobody reads would keep its source open. */
function dropReply(reply: Reply): void {
  if (reply instanceof Response && reply.body && !reply.body.locked) {
    reply.body.cancel().catch(() => undefined);
  }
}
