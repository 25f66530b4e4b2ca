/** Names in another spelling that macOS or Windows take for one: nothing of ours is put beside such a twin. */

import type { FileSystem } from "../../io/ports.ts";
import { permitted } from "../disk/disk-file.ts";
import { folded, inProject, parentsOf } from "../disk/project-path.ts";

/** Whether the folder on disk holds the path, or a folder of it, in another spelling. Each folder is listed once. */
export function twinFinder(fs: FileSystem, directory: string): (path: string) => boolean {
  const listings = new Map<string, ReadonlyMap<string, string>>();
  const namesIn = (parent: string): ReadonlyMap<string, string> => {
    const known = listings.get(parent);
    if (known !== undefined) return known;
    const folder = parent === "" ? directory : inProject(directory, parent);
    const names = fs.info(folder)?.kind === "directory" ? permitted(parent || ".", () => fs.list(folder)) : [];
    const exact = new Set(names);
    const listing = new Map(names.map((name) => [folded(name), name]));
    // A folder of a case-sensitive system may hold both spellings; then ours is there and no twin.
    for (const name of exact) listing.set(`=${name}`, name);
    listings.set(parent, listing);
    return listing;
  };
  return (path) =>
    [...parentsOf(path), path].some((part) => {
      const name = part.slice(part.lastIndexOf("/") + 1);
      const listing = namesIn(part.slice(0, Math.max(0, part.lastIndexOf("/"))));
      return listing.has(folded(name)) && !listing.has(`=${name}`);
    });
}
