/**
 * The real file system with a fault at one chosen call. A "kill" ends every later call too, as for a process that no
 * longer exists; a "fail" is an error of the operating system that the program sees and may react to.
 */
import { nodeFileSystem } from "../../src/io/node.ts";
import type { FileSystem, Writer } from "../../src/io/ports.ts";

export type Fault =
  | { readonly kind: "kill"; readonly atCall: number }
  /** The call fails before it does anything, or, for `create`, after half of the content. */
  | { readonly kind: "fail"; readonly atCall: number; readonly code: "EIO" | "ENOSPC" }
  /** From this call on nothing that needs disk space succeeds. */
  | { readonly kind: "full"; readonly atCall: number };

/** Not an Error: nothing that handles errors of the operating system may take it for one. */
export class Killed {
  readonly name = "Killed";
}

export interface FaultyFileSystem extends FileSystem {
  /** Calls that change the disk, counted so far. */
  readonly calls: () => number;
  readonly isKilled: () => boolean;
}

/** Each process of a test has its own id; the ids in `dead` belong to processes that ended. */
export function faultyFileSystem(
  fault: Fault | undefined,
  processId = 900_001,
  alive: readonly number[] = [],
): FaultyFileSystem {
  let count = 0;
  let killed = false;
  const step = (needsSpace: boolean, act: () => void, half: () => void = () => {}): void => {
    if (killed) throw new Killed();
    count += 1;
    if (fault?.kind === "kill" && count === fault.atCall) {
      killed = true;
      half();
      throw new Killed();
    }
    if (fault?.kind === "fail" && count === fault.atCall) {
      half();
      throw systemError(fault.code);
    }
    if (fault?.kind === "full" && count >= fault.atCall && needsSpace) {
      half();
      throw systemError("ENOSPC");
    }
    act();
  };
  const look = <T>(read: () => T): T => {
    if (killed) throw new Killed();
    return read();
  };
  const real = nodeFileSystem;
  const writer: Writer = { ...real.writer, processId, isAlive: (id) => alive.includes(id) };
  return {
    writer,
    calls: () => count,
    isKilled: () => killed,
    read: (path) => look(() => real.read(path)),
    info: (path) => look(() => real.info(path)),
    list: (path) => look(() => real.list(path)),
    realPath: (path) => look(() => real.realPath(path)),
    makeDirectory: (path) => step(true, () => real.makeDirectory(path)),
    create: (path, content, mode, flush) =>
      step(
        true,
        () => real.create(path, content, mode, flush),
        () => real.create(path, content.subarray(0, content.length / 2), mode),
      ),
    copy: (from, to) =>
      step(
        true,
        () => real.copy(from, to),
        () => real.create(to, new Uint8Array([1, 2, 3]), 0o644),
      ),
    rename: (from, to) => step(false, () => real.rename(from, to)),
    remove: (path) => step(false, () => real.remove(path)),
    // Removing a tree is many steps of the operating system; a fault in it leaves half of the tree.
    removeTree: (path) =>
      step(
        false,
        () => real.removeTree(path),
        () => removeHalf(path),
      ),
    syncDirectory: (path) => step(false, () => real.syncDirectory(path)),
  };
}

function removeHalf(path: string): void {
  if (nodeFileSystem.info(path)?.kind !== "directory") return;
  const names = nodeFileSystem.list(path);
  for (const name of names.slice(0, Math.ceil(names.length / 2))) nodeFileSystem.removeTree(`${path}/${name}`);
}

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: injected by the test`), { code });
}
