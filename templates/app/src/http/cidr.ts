/** Ranges of addresses in CIDR notation: 10.0.0.0/8, 2001:db8::/32, or one address. */
import { formatAddress, MAPPED, parseAddress } from "./ip-address.ts";

/** A range: an address belongs to it when its words under the mask are the range's. */
export interface Network {
  readonly words: Int32Array;
  readonly mask: Int32Array;
}

/** @throws TypeError that says what is wrong with the entry, for the operator */
export function parseNetwork(text: string): Network {
  const slash = text.indexOf("/");
  const words = new Int32Array(4);
  if (!parseAddress(slash < 0 ? text : text.slice(0, slash), words)) {
    throw new TypeError(`"${text}" is neither an IP address nor a CIDR range such as 10.0.0.0/8`);
  }
  const mask = maskOf(slash < 0 ? 128 : prefixBits(text, slash));
  const network = words.map((word, index) => word & (mask[index] as number));
  if (words.some((word, index) => word !== network[index])) {
    throw new TypeError(
      `"${text}" has bits beyond its prefix; write ${formatAddress(network)}${text.slice(slash)}, or the address alone`,
    );
  }
  return { words: network, mask };
}

/** Addresses that belong to any of some ranges. Looks at one after the other: proxies have few. */
export class AddressSet {
  readonly #networks: readonly Network[];

  constructor(entries: readonly string[]) {
    this.#networks = entries.map(parseNetwork);
  }

  has(words: Int32Array): boolean {
    return this.#networks.some((network) => contains(network, words));
  }
}

function contains({ words, mask }: Network, address: Int32Array): boolean {
  for (let index = 0; index < 4; index += 1) {
    if (((address[index] as number) & (mask[index] as number)) !== words[index]) return false;
  }
  return true;
}

/** Length of the prefix in the 128 bits of a mapped address. */
function prefixBits(text: string, slash: number): number {
  const digits = text.slice(slash + 1);
  const isIpv4 = !text.includes(":");
  const most = isIpv4 ? 32 : 128;
  const bits = /^(0|[1-9]\d{0,2})$/.test(digits) ? Number(digits) : Number.NaN;
  if (!(bits <= most)) throw new TypeError(`"${text}" needs a prefix length of 1 to ${most} behind the slash`);
  // A range of all addresses would let every client choose its own.
  if (bits === 0) throw new TypeError(`"${text}" is every address; name the proxies, or their network`);
  return isIpv4 ? 128 - 32 + bits : bits;
}

function maskOf(bits: number): Int32Array {
  return Int32Array.from({ length: 4 }, (_, word) => {
    const left = Math.min(Math.max(bits - 32 * word, 0), 32);
    // A shift by 32 is a shift by 0.
    return left === 0 ? 0 : -1 << (32 - left);
  });
}

/** Whether the words are an IPv4 address. */
export function isIpv4(words: Int32Array): boolean {
  return words[0] === 0 && words[1] === 0 && words[2] === MAPPED;
}
