/**
 * The client's address behind proxies: the connection's own, unless that belongs to a trusted proxy.
 *
 * Then the one configured field is walked from its right end, which the nearest proxy wrote, over further trusted
 * proxies, to the first address that is none of them. Where the walk meets something that is no address (`unknown`,
 * garbage, a chain that is too long), the last trustworthy address stands: that of the proxy that passed it on. So the
 * result is always the connection's address or one that a trusted proxy vouches for, in canonical form.
 *
 * Scheme and host are not taken from proxies: nothing in this server depends on them (redirects are relative paths),
 * and a handler that needs the public origin knows it from its own configuration, not from a header.
 */
import type { ServerConfig } from "../config/schema.ts";
import { AddressSet } from "./cidr.ts";
import type { Context } from "./context.ts";
import { ForwardedForHops, ForwardedHops, type Hops } from "./forwarded.ts";
import { formatAddress, parseAddress, withoutZone } from "./ip-address.ts";

/** More proxies in a row than any deployment has: the bound of the walk. */
const HOPS_MAX = 32;

/**
 * @returns reads a request's client address, without port; it never throws
 * @throws TypeError when an entry of proxy.trusted is malformed, which the configuration's checks refuse before
 */
export function clientAddress(proxy: ServerConfig["proxy"]): (context: Context) => string {
  const { header } = proxy;
  if (header === "none" || proxy.trusted.length === 0) return (context) => withoutMapping(context.address);
  const trusted = new AddressSet(proxy.trusted);
  const words = new Int32Array(4);
  // Requests come from few proxies: mostly from the same as the one before.
  let known: { readonly address: string; readonly isTrusted: boolean } = { address: "", isTrusted: false };
  return (context) => {
    const { address } = context;
    if (address !== known.address) {
      known = { address, isTrusted: parseAddress(withoutZone(address), words) && trusted.has(words) };
    }
    const field = known.isTrusted ? context.request.headers.get(header) : null;
    if (field === null) return withoutMapping(address);
    const hops = header === "forwarded" ? new ForwardedHops(field) : new ForwardedForHops(field);
    return walk(hops, trusted) ?? withoutMapping(address);
  };
}

/** A listener on "::" tells IPv4 clients as ::ffff:192.0.2.1. */
function withoutMapping(address: string): string {
  return address.startsWith("::ffff:") && address.includes(".") ? address.slice("::ffff:".length) : address;
}

const hop = new Int32Array(4);
const last = new Int32Array(4);

/** The first address that is no trusted proxy's, else the last trustworthy one; undefined: there is none. */
function walk(hops: Hops, trusted: AddressSet): string | undefined {
  let found = false;
  for (let count = 0; count < HOPS_MAX && hops.next(hop) === "address"; count += 1) {
    last.set(hop);
    found = true;
    if (!trusted.has(hop)) break;
  }
  return found ? formatAddress(last) : undefined;
}
