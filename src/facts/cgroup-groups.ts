/**
 * Which control-group directories bound this process, per controller.
 *
 * /proc/self/cgroup names the group, /proc/self/mountinfo says where its hierarchy is mounted and which part of it is
 * visible. Version 1 has one hierarchy per controller, version 2 has one for all ("0::", on whichever line), and a
 * hybrid host has both. A limit of any enclosing group binds as well, so every directory up to the mount point counts.
 */

export type Controller = "cpu" | "cpuset" | "memory";
export type CgroupVersion = 1 | 2;

export interface GroupDirectory {
  readonly version: CgroupVersion;
  readonly path: string;
  /** 0: the process's own group, 1: the one around it, and so on. */
  readonly level: number;
  readonly mountPoint: string;
}

interface Mount {
  readonly version: CgroupVersion;
  /** The part of the hierarchy that is mounted. */
  readonly root: string;
  readonly mountPoint: string;
  /** Version 1: its controllers. */
  readonly controllers: readonly string[];
}

interface Membership {
  readonly version: CgroupVersion;
  readonly controllers: readonly string[];
  readonly path: string;
}

/** Real hierarchies are under 20 deep (a Kubernetes pod under systemd is 5); a longer path is cut at this many levels. */
const LEVELS_MAX = 64;

/** Directories whose limits bind this process for one controller: own group first, for each hierarchy. */
export function groupDirectories(files: Readonly<Record<string, string>>, controller: Controller): GroupDirectory[] {
  const mounts = readMounts(files["/proc/self/mountinfo"]);
  const directories = new Map<string, GroupDirectory>();
  for (const membership of readMemberships(files["/proc/self/cgroup"])) {
    if (membership.version === 1 && !membership.controllers.includes(controller)) continue;
    for (const directory of directoriesOf(membership, mountsOf(mounts, membership.version, controller))) {
      if (!directories.has(directory.path)) directories.set(directory.path, directory);
    }
  }
  return [...directories.values()];
}

/** Whether /proc/self/cgroup tells the groups; where it does not, a limit may exist and go unseen. */
export function groupsAreKnown(files: Readonly<Record<string, string>>): boolean {
  return parseMemberships(files["/proc/self/cgroup"]).length > 0;
}

function directoriesOf(membership: Membership, mounts: readonly Mount[]): GroupDirectory[] {
  const visible = mounts.filter((mount) => pathBelow(mount.root, membership.path) !== undefined);
  // No mount shows this group: a container sees its own group as the mount point while the path is the host's.
  const candidates = visible.length > 0 ? visible : mounts;
  return candidates.flatMap((mount) => {
    const below = pathBelow(mount.root, membership.path) ?? "/";
    return ancestors(mount.mountPoint, below).map((path, level) => ({
      version: membership.version,
      path,
      level,
      mountPoint: mount.mountPoint,
    }));
  });
}

/** The group's path relative to what is mounted; undefined when it lies outside. */
function pathBelow(root: string, path: string): string | undefined {
  // "/.." leads out of the cgroup namespace: of such a group only the namespace's root can be seen.
  if (path.split("/").includes("..")) return "/";
  if (root === "/" || root.split("/").includes("..")) return path;
  if (path === root) return "/";
  return path.startsWith(`${root}/`) ? path.slice(root.length) : undefined;
}

function ancestors(mountPoint: string, below: string): string[] {
  const segments = below.split("/").filter((segment) => segment !== "" && segment !== ".");
  const kept = segments.slice(0, LEVELS_MAX);
  const paths: string[] = [];
  for (let length = kept.length; length >= 0; length -= 1) {
    paths.push([mountPoint === "/" ? "" : mountPoint, ...kept.slice(0, length)].join("/"));
  }
  return paths;
}

/** Without /proc/self/cgroup the own group is taken to be the visible root, as inside a cgroup namespace. */
function readMemberships(text: string | undefined): readonly Membership[] {
  const memberships = parseMemberships(text);
  if (memberships.length > 0) return memberships;
  return [
    { version: 2, controllers: [], path: "/" },
    { version: 1, controllers: ["cpu", "cpuset", "memory"], path: "/" },
  ];
}

function parseMemberships(text: string | undefined): Membership[] {
  const memberships: Membership[] = [];
  for (const line of (text ?? "").split("\n")) {
    // The path may contain colons: only the first two separate.
    const match = /^(\d+):([^:]*):(\/.*)$/.exec(line);
    if (!match) continue;
    const path = (match[3] ?? "/").replace(/ \(deleted\)$/, "");
    if (match[1] === "0" && match[2] === "") memberships.push({ version: 2, controllers: [], path });
    else memberships.push({ version: 1, controllers: (match[2] ?? "").split(","), path });
  }
  return memberships;
}

function mountsOf(mounts: readonly Mount[], version: CgroupVersion, controller: Controller): readonly Mount[] {
  const known = mounts.filter(
    (mount) => mount.version === version && (version === 2 || mount.controllers.includes(controller)),
  );
  if (known.length > 0) return known;
  return usualMountPoints(version, controller).map((mountPoint) => ({
    version,
    root: "/",
    mountPoint,
    controllers: [controller],
  }));
}

/** Where systemd and the container runtimes mount the hierarchies; used only when mountinfo does not tell. */
function usualMountPoints(version: CgroupVersion, controller: Controller): readonly string[] {
  if (version === 2) return ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"];
  const own = `/sys/fs/cgroup/${controller}`;
  return controller === "cpu" ? [own, "/sys/fs/cgroup/cpu,cpuacct"] : [own];
}

/** Lines of proc_pid_mountinfo(5): id parent device root mountPoint options [tags] - type source superOptions. */
function readMounts(text: string | undefined): Mount[] {
  const mounts: Mount[] = [];
  for (const line of (text ?? "").split("\n")) {
    const [left, right] = line.split(" - ", 2);
    const [, , , root, mountPoint] = (left ?? "").split(" ");
    const [type, , superOptions] = (right ?? "").split(" ");
    if (!root?.startsWith("/") || !mountPoint?.startsWith("/")) continue;
    if (type !== "cgroup" && type !== "cgroup2") continue;
    mounts.push({
      version: type === "cgroup2" ? 2 : 1,
      root: unescapeOctal(root),
      mountPoint: unescapeOctal(mountPoint),
      controllers: type === "cgroup" ? (superOptions ?? "").split(",") : [],
    });
  }
  return mounts;
}

/** mountinfo writes space, tab, newline and backslash as \040, \011, \012 and \134. */
function unescapeOctal(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
