/**
 * Finds the port that all workers will share, and that nobody else has it.
 *
 * SO_REUSEPORT lets any process of the same user join a port and take a part of its traffic in silence, so a given port is
 * first bound without it: that fails when somebody else listens. A port that the kernel chooses is nobody's, and is held
 * until the workers have it: the kernel never gives one out twice, but it does give out one that was closed.
 */
import { type AddressInfo, createServer } from "node:net";

export interface Place {
  /** Section of the configuration that sets host and port. */
  readonly section: "server" | "admin";
  readonly host: string;
  readonly port: number;
}

export interface ReservedPort {
  readonly port: number;
  /** To be called once those listen that the port is for. */
  release(): Promise<void>;
}

/**
 * A port that the kernel chose is held meanwhile: those that it is for bind it with SO_REUSEPORT, too.
 *
 * @throws Error with a sentence that names address, reason and setting
 */
export function reservePort(place: Place): Promise<ReservedPort> {
  // A given port is not held: clients know it, and those that came meanwhile would wait for an answer that nobody gives.
  const holds = place.port === 0;
  return new Promise((resolve, reject) => {
    const server = createServer();
    const released = new Promise<void>((settle) => server.once("close", () => settle()));
    server.once("error", (error: NodeJS.ErrnoException) => reject(new Error(refusal(place, error))));
    const how = holds ? { reusePort: true } : { exclusive: true };
    server.listen({ host: place.host, port: place.port, ...how }, async () => {
      const { port } = server.address() as AddressInfo;
      const release = () => {
        server.close();
        return released;
      };
      if (!holds) await release();
      resolve({ port, release: holds ? release : async () => undefined });
    });
  });
}

function refusal({ section, host, port }: Place, error: NodeJS.ErrnoException): string {
  const where = `${host}:${port}`;
  if (error.code === "EADDRINUSE") return `${where} is taken by another process; set ${section}.port to a free port`;
  if (error.code === "EACCES") return `${where} needs privileges; set ${section}.port above 1023`;
  // Deno reports an address of another machine as EINVAL.
  if (error.code === "EADDRNOTAVAIL" || error.code === "EINVAL") {
    return `${host} is no address of this machine; set ${section}.host`;
  }
  return `cannot listen on ${where}, which ${section}.host and ${section}.port set: ${error.message}`;
}
