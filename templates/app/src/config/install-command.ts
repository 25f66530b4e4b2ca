/**
 * The command that installs a malloc library, for the distribution that /etc/os-release names (os-release(5)). A
 * distribution that is not in the table gets the library's name and no command: a wrong one is worse than none.
 */
import type { PreloadBackend } from "./allocator-library.ts";

type Names = Readonly<Record<PreloadBackend, string>>;

/** `osRelease`: text of /etc/os-release. A clause for a note; undefined: no package can help. */
export function installCommand(backend: PreloadBackend, osRelease: string | undefined): string | undefined {
  const fields = osReleaseFields(osRelease ?? "");
  const ids = [fields.ID ?? "", ...(fields.ID_LIKE ?? "").split(" ")];
  const version = Number(fields.VERSION_ID);
  if (ids.includes("alpine")) {
    return "on Alpine no package helps, because its libraries are built for musl: use a Debian or Ubuntu image";
  }
  if (ids.includes("debian") || ids.includes("ubuntu")) {
    return `install it with: apt-get install ${debianNames(fields.ID ?? "", version)[backend]}`;
  }
  if (fields.ID === "fedora") return `install it with: dnf install ${fedoraNames[backend]}`;
  if (ids.includes("rhel") || ids.includes("fedora")) {
    return `install it with: dnf install epel-release && dnf install ${fedoraNames[backend]}`;
  }
  if (ids.includes("arch")) return `install it with: pacman -S ${archNames[backend]}`;
  return `install ${archNames[backend]} with this system's package manager`;
}

/** Debian 13 and Ubuntu 24.04 renamed tcmalloc's package for 64-bit times; Debian 13 has mimalloc 3. */
function debianNames(id: string, version: number): Names {
  const renamed = id === "debian" ? version >= 13 : id === "ubuntu" && version >= 24;
  return {
    mimalloc: id === "debian" && version >= 13 ? "libmimalloc3" : "libmimalloc2.0",
    jemalloc: "libjemalloc2",
    tcmalloc: renamed ? "libtcmalloc-minimal4t64" : "libtcmalloc-minimal4",
  };
}

const fedoraNames: Names = { mimalloc: "mimalloc", jemalloc: "jemalloc", tcmalloc: "gperftools-libs" };
const archNames: Names = { mimalloc: "mimalloc", jemalloc: "jemalloc", tcmalloc: "gperftools" };

function osReleaseFields(text: string): Readonly<Partial<Record<string, string>>> {
  const pairs = [...text.matchAll(/^([A-Z_]+)=(["']?)(.*)\2$/gm)].map((match) => [match[1] ?? "", match[3] ?? ""]);
  return Object.fromEntries(pairs) as Record<string, string>;
}
