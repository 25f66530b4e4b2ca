/** Whether a load that opens connection after connection can be made here without running out of ports. */

/** Outside Linux: ports 49,152 to 65,535 (RFC 6335, section 6). */
const EPHEMERAL_PORTS = "16,384";

/**
 * Why a case of new connections is not run, a sentence; undefined: it is. The side that closes keeps its port for twice the
 * longest life of a packet (RFC 9293, TIME-WAIT: 30 s on macOS, 120 s on Windows by default), so a few thousand connections a
 * second use all of them up within the first seconds. Linux takes such a port again on loopback (ip-sysctl, tcp_tw_reuse).
 */
export function churnRefusal(id: string, platform: string): string | undefined {
  if (platform === "linux") return undefined;
  return `${id} was not run: ${platform} has ${EPHEMERAL_PORTS} ports for one loopback address and keeps each for a while after its connection, so what would be measured is their shortage; run it on Linux.`;
}
