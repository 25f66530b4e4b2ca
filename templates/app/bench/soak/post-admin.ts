/** One POST to the server's admin listener, on a connection of its own. */
import { request } from "node:http";
import type { ServerProcess } from "../server/server-process.ts";

/** Far above what the admin listener takes, on a busy machine too. */
const ASK_MS_MAX = 10_000;

export interface AdminAnswer {
  /** undefined: none came, and the text says why. */
  readonly status: number | undefined;
  readonly text: string;
}

/** Never rejects. */
export function postAdmin(
  { host, adminPort }: Pick<ServerProcess, "host" | "adminPort">,
  path: string,
): Promise<AdminAnswer> {
  return new Promise((resolve) => {
    const failed = ({ message }: Error) => resolve({ status: undefined, text: message });
    const order = request({ host, port: adminPort, path, method: "POST", agent: false, timeout: ASK_MS_MAX });
    order.on("response", (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode, text }));
      response.on("error", failed);
    });
    order.on("timeout", () => order.destroy(new Error(`it took longer than ${ASK_MS_MAX} ms`)));
    order.on("error", failed);
    order.end();
  });
}
