/**
 * Addresses to connect from. Between two addresses there are as many connections to one port as there are ephemeral ports, 28,232
 * by default (ip(7), ip_local_port_range); all of 127.0.0.0/8 is this machine's own on Linux, so each further address
 * brings as many again.
 */

/** Below the default range, because other programs have connections of their own. */
export const ADDRESS_CONNECTIONS_MAX = 20_000;

/** Threads share an address evenly. `index`: 0-based among the thread's connections. undefined: the kernel chooses 127.0.0.1. */
export function localAddressOf(index: number, threads: number): string | undefined {
  const number = Math.floor(index / Math.floor(ADDRESS_CONNECTIONS_MAX / threads));
  if (number === 0) return undefined;
  const host = number + 1;
  if (host >= 2 ** 24 - 1) throw new RangeError("127.0.0.0/8 has no more addresses");
  return `127.${host >> 16}.${(host >> 8) & 255}.${host & 255}`;
}

/** What a thread with so many connections binds, beside what the kernel chooses: a restricted one must be granted it. */
export function localAddressesOf(connections: number, threads: number): readonly string[] {
  const step = Math.floor(ADDRESS_CONNECTIONS_MAX / threads);
  return Array.from({ length: Math.ceil(connections / step) }, (_, number) =>
    localAddressOf(number * step, threads),
  ).filter((address) => address !== undefined);
}
