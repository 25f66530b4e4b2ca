/** The control plane's part: finds the files and says what is not served. */
import type { ServerConfig } from "../../config/schema.ts";
import type { Logger } from "../../log/logger.ts";
import { assemble } from "./assemble.ts";
import { digestLargeFiles } from "./digest-files.ts";
import { buildFileTable, type FileTableData } from "./file-table.ts";
import { type Scan, type Skipped, scan } from "./scan.ts";

/** What goes to the workers. */
export interface Prepared {
  /** The folder itself, symbolic links resolved. */
  readonly root: string;
  /** undefined: there are too many files to be known by name. */
  readonly table: FileTableData | undefined;
}

type StaticConfig = ServerConfig["static"];

export async function prepareFiles(config: StaticConfig, logger: Logger): Promise<Prepared> {
  const startedMs = performance.now();
  const found = await scanRoot(config);
  report(found.skipped, logger);
  if (found.overflow) {
    logger.warn(
      "more static files than static.files_max: each request looks for its file on disk; raise it, or accept that",
      {
        root: config.root,
        files_max: config.files_max,
      },
    );
    return { root: found.root, table: undefined };
  }
  const { files, names, unused } = assemble(found.files, config.index);
  report(unused, logger);
  const table = buildFileTable(files, names);
  logger.info("static files", {
    root: found.root,
    files: files.length,
    table_bytes: table.buffer.byteLength,
    duration_ms: Math.round(performance.now() - startedMs),
  });
  digestLargeFiles(config, found.root, table);
  return { root: found.root, table };
}

async function scanRoot({ root, files_max }: StaticConfig): Promise<Scan> {
  try {
    return await scan(root, files_max);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`static.root = "${root}" cannot be read: ${reason}; make the folder, or set static.files_max to 0`);
  }
}

function report(skipped: readonly Skipped[], logger: Logger): void {
  for (const { path, reason } of skipped) logger.warn("a static file is not served", { path, reason });
}
