/**
 * Finds the port that all workers will share, and that nobody else has it.
 *
 * SO_REUSEPORT lets any process of the same user join a port and take a part of its traffic in silence, so the port is
 * first bound without it: that fails when somebody else listens, and gives a concrete port when 0 was asked.
 */
import { type AddressInfo, createServer } from "node:net";

export interface Place {
  /** Section of the configuration that sets host and port. */
  readonly section: "server" | "admin";
  readonly host: string;
  readonly port: number;
}

/** Rejects with a sentence that names address, reason and setting. */
export function reservePort(place: Place): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => reject(new Error(refusal(place, error))));
    server.listen({ host: place.host, port: place.port, exclusive: true }, () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
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
