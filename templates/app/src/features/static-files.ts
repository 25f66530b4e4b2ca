/**
 * Static files. The control plane finds the files and puts their names into a table in shared memory; a worker looks a
 * path up there and nowhere else, so no path of a request reaches the file system. A folder with more files than
 * static.files_max has no table and is looked up file by file.
 */
import { realpathSync } from "node:fs";
import type { ServerConfig } from "../config/schema.ts";
import type { Feature, FeatureHooks, FeatureServices } from "../http/feature.ts";
import { counterDefinitions } from "./static-files/file-counters.ts";
import { LazyFiles } from "./static-files/lazy-files.ts";
import { type Prepared, prepareFiles } from "./static-files/prepare-files.ts";
import { type FileSource, serveFiles } from "./static-files/serve-files.ts";
import { TableFiles } from "./static-files/table-files.ts";
import { watchFolder } from "./static-files/watch-folder.ts";

export const staticFiles: Feature = {
  name: "static-files",
  counters: counterDefinitions,
  reads: (config) => (isOn(config) ? [config.static.root, realpathSync(config.static.root)] : []),
  prepare: (config, logger) => (isOn(config) ? prepareFiles(config.static, logger) : undefined),
  control: ({ config, logger, reload }) =>
    isOn(config) && config.static.watch ? { stop: watchFolder(config.static.root, logger, reload) } : {},
  install,
};

function isOn(config: ServerConfig): boolean {
  return config.static.files_max > 0;
}

function install(services: FeatureServices): FeatureHooks {
  if (!isOn(services.config)) return {};
  let files = sourceOf(services.prepared as Prepared, services);
  return {
    fallback: serveFiles(() => files, services),
    reload(prepared) {
      files = sourceOf(prepared as Prepared, services);
    },
  };
}

function sourceOf(prepared: Prepared, services: FeatureServices): FileSource {
  return prepared.table
    ? new TableFiles(prepared.root, prepared.table, services)
    : new LazyFiles(prepared.root, services);
}
