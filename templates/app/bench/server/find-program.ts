/** Where an installed program is, without starting a shell to ask. */
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";

/** Where daemons are installed; the search path of an ordinary user leaves these folders out. */
const DAEMON_FOLDERS =
  process.platform === "win32" ? [] : ["/usr/local/sbin", "/usr/sbin", "/sbin", "/opt/homebrew/bin"];

/** Absolute path; undefined: it is not installed. */
export function findProgram(name: string, searchPath: string = process.env.PATH ?? ""): string | undefined {
  const names = process.platform === "win32" ? [`${name}.exe`, `${name}.cmd`] : [name];
  const folders = [...searchPath.split(delimiter).filter((folder) => folder !== ""), ...DAEMON_FOLDERS];
  return folders.flatMap((folder) => names.map((file) => join(folder, file))).find(isProgram);
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    // Not there, or not for this user.
    return false;
  }
}
