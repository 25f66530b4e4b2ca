/** Which mapped file an address belongs to, and which allocator a library's file is, by its name. */

/** `maps`: text of /proc/self/maps (proc(5)). */
export function fileAt(maps: string, address: bigint): string | undefined {
  for (const line of maps.split("\n")) {
    const match = /^([0-9a-f]+)-([0-9a-f]+) \S+ \S+ \S+ \S+ *(\/.*)$/.exec(line);
    if (match && BigInt(`0x${match[1]}`) <= address && address < BigInt(`0x${match[2]}`)) return match[3];
  }
  return undefined;
}

export function mallocOf(file: string): "mimalloc" | "jemalloc" | "tcmalloc" | "glibc" | "other" {
  const name = /(?:^|\/)lib(mimalloc|jemalloc|tcmalloc|c)(?=[._-])[^/]*$/.exec(file)?.[1];
  if (name === "c") return "glibc";
  return name === "mimalloc" || name === "jemalloc" || name === "tcmalloc" ? name : "other";
}
