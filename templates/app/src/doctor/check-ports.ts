/** Whether the server's two ports are free, tried as the server tries them. */
import type { ServerConfig } from "../config/schema.ts";
import { reservePort } from "../control/reserve-port.ts";
import { type Finding, ok, problem, warning } from "./finding.ts";

/** A running server answers within a millisecond; another program may never do so. */
const ANSWER_MS_MAX = 1000;

export async function checkPorts({ server, admin }: ServerConfig): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const isRunning = admin.port !== 0 && (await answersAsFastserve(admin.host, admin.port));
  for (const place of [
    { section: "server", ...server },
    { section: "admin", ...admin },
  ] as const) {
    findings.push(await checkPort(place.section, place.host, place.port, isRunning));
  }
  return findings;
}

async function checkPort(
  section: "server" | "admin",
  host: string,
  port: number,
  isRunning: boolean,
): Promise<Finding> {
  const subject = `${section}.port`;
  const value = `${host}:${port}`;
  if (port === 0) return ok(subject, value, "The kernel chooses a free port at each start.");
  try {
    await (await reservePort({ section, host, port })).release();
    return ok(subject, value, "It is free.");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const [said = reason, next = `set ${subject}`] = reason.split("; ");
    if (isRunning && said.includes("taken")) {
      return warning(
        subject,
        value,
        "A fastserve server has it, perhaps this project's own that runs.",
        `stop it before another starts, or ${next}`,
      );
    }
    return problem(subject, value, `${said}.`, next);
  }
}

async function answersAsFastserve(host: string, port: number): Promise<boolean> {
  const name = host.includes(":") ? `[${host}]` : host;
  try {
    const response = await fetch(`http://${name}:${port}/metrics`, { signal: AbortSignal.timeout(ANSWER_MS_MAX) });
    return (await response.text()).includes("\nfastserve_build_info{");
  } catch {
    // Nobody listens, or somebody who speaks something else.
    return false;
  }
}
