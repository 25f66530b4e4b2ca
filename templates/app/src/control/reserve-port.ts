/**
 * Finds the port that all workers will share, and that nobody else has it.
 *
 * SO_REUSEPORT lets any process of the same user join a port and take a part of its traffic in silence, so the port is
 * first bound without it: that fails when somebody else listens, and gives a concrete port when 0 was asked.
 */
import { type AddressInfo, createServer } from "node:net";

/** Rejects with a sentence that names address, port and reason. */
export function reservePort(host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => reject(new Error(refusal(host, port, error))));
    server.listen({ host, port, exclusive: true }, () => {
      const { port: bound } = server.address() as AddressInfo;
      server.close(() => resolve(bound));
    });
  });
}

function refusal(host: string, port: number, error: NodeJS.ErrnoException): string {
  const where = `${host}:${port}`;
  if (error.code === "EADDRINUSE") return `${where} is taken by another process; set server.port to a free port`;
  if (error.code === "EACCES") return `${where} needs privileges; set server.port above 1023`;
  if (error.code === "EADDRNOTAVAIL") return `${host} is no address of this machine; set server.host`;
  return `cannot listen on ${where}: ${error.message}`;
}
