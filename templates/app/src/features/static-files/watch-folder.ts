/** Tells when something below a folder changes; for development. */
import { watch } from "node:fs";
import type { Logger } from "../../log/logger.ts";

/** Editors and build tools write many files in a row: one reload after the last of them. */
const QUIET_MS = 100;

/** Returns what ends it. */
export function watchFolder(folder: string, logger: Logger, changed: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(changed, QUIET_MS);
  };
  try {
    const watcher = watch(folder, { recursive: true }, later);
    watcher.on("error", (error) => logger.warn("the static folder is not watched any more", { reason: String(error) }));
    return () => {
      clearTimeout(timer);
      watcher.close();
    };
  } catch (error) {
    logger.warn("the static folder is not watched; send SIGHUP after changes", { reason: String(error) });
    return () => clearTimeout(timer);
  }
}
