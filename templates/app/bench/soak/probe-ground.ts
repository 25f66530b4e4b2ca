/** What there is to soak: each route is asked once, and what does not answer as expected is left out and said. */
import { type AdapterName, capabilities } from "../../src/runtime/capabilities.ts";
import type { LoadTarget } from "../load/order.ts";
import type { Ground } from "./mixture.ts";
import { getText, postBytes } from "./request-text.ts";
import { ANSWER_MS_MAX } from "./stage.ts";
import { Wire } from "./wire.ts";

/** Of the bench's program; `*` stands for a number. */
const benchGets = ["/constant", "/json", "/text", "/users/*", "/cached/*", "/brief/*", "/uncached/*"] as const;
/** Answered at once, so that even Bun takes them in a pipeline. */
const pipelineGets: readonly string[] = ["/constant", "/json", "/text"];
const benchPosts = ["/echo", "/upload"] as const;
const benchSockets = ["/ws/echo", "/ws/room"] as const;

export interface Probed {
  readonly ground: Ground;
  /** Sentences. */
  readonly leftOut: readonly string[];
}

export interface ProbeOrder {
  readonly target: LoadTarget;
  readonly adapter: AdapterName;
  /** GET paths of the project's own server; none: the bench's program runs. */
  readonly paths: readonly string[];
  readonly features: readonly string[];
  readonly bodyBytesMax: number;
}

export async function probeGround({ target, adapter, paths, features, bodyBytesMax }: ProbeOrder): Promise<Probed> {
  const leftOut: string[] = [];
  const answering = async (wanted: readonly string[], method: "GET" | "POST") => {
    const found: string[] = [];
    for (const path of wanted) {
      const status = await statusOf(target, method, path.replace("*", "1"));
      if (status === 200) found.push(path);
      else leftOut.push(`${method} ${path} is left out: it answered ${status ?? "nothing"} instead of 200.`);
    }
    return found;
  };
  const isBench = paths.length === 0;
  const gets = await answering(isBench ? benchGets : paths, "GET");
  const posts = isBench ? await answering(benchPosts, "POST") : [];
  const pipelining = capabilities[adapter].asyncPipelining;
  const pipelinePaths = pipelining.has ? gets : gets.filter((path) => isBench && pipelineGets.includes(path));
  if (pipelinePaths.length === 0) leftOut.push(`Nothing is pipelined: ${pipelining.reason ?? "no route is left"}`);
  const socketPaths = isBench && features.includes("websocket") ? benchSockets : [];
  if (socketPaths.length === 0) {
    leftOut.push(
      isBench ? "The project has no WebSockets." : "With --paths no bodies are posted, and no WebSockets opened.",
    );
  }
  return { ground: { paths: gets, pipelinePaths, bodyPaths: posts, socketPaths, bodyBytesMax }, leftOut };
}

async function statusOf(target: LoadTarget, method: "GET" | "POST", path: string): Promise<number | undefined> {
  const wire = new Wire(target);
  try {
    await wire.opened;
    wire.send(method === "GET" ? getText(path) : postBytes(path, 16));
    return (await wire.answer(ANSWER_MS_MAX)).status;
  } catch {
    // Whatever ended it: nothing came that could be soaked.
    return undefined;
  } finally {
    wire.destroy();
  }
}
