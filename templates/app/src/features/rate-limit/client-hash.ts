/**
 * What tells clients apart: the address, for IPv6 its first 64 bits, because one customer is given at least such a
 * network (RFC 6177, section 2) and may send each request from another address of it.
 */
import { isIpv4 } from "../../http/cidr.ts";
import { parseAddress, withoutZone } from "../../http/ip-address.ts";
import type { KeyedHash } from "./keyed-hash.ts";

const words = new Int32Array(4);
/** Stands where an IPv6 prefix has its first word: 0000::/8 holds no network that hosts are given (RFC 4291, 2.4). */
const IPV4 = 4;
const NO_ADDRESS = 5;

/** Hashes a client under a limit's id. What is no address (a client that is gone already) counts as one client. */
export function hashClient(hash: KeyedHash, client: string, id: number): void {
  if (!parseAddress(client, words) && !parseAddress(withoutZone(client), words)) hash.digest(NO_ADDRESS, 0, id);
  else if (isIpv4(words)) hash.digest(IPV4, words[3] as number, id);
  else hash.digest(words[0] as number, words[1] as number, id);
}
