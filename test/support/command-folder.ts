/** Real commands for tests: a folder of shell scripts that stand first, or alone, on PATH. */
import { chmodSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { TestContext } from "node:test";
import { put, testFolder } from "./sample-project.ts";

/** Scripts by name. `alone`: nothing else is on PATH. PATH is what it was after the test. */
export function commandFolder(t: TestContext, scripts: Readonly<Record<string, string>>, alone = false): string {
  const folder = testFolder(t);
  for (const [name, body] of Object.entries(scripts)) {
    put(folder, { [name]: `#!/bin/sh\n${body}\n` });
    chmodSync(join(folder, name), 0o755);
  }
  setVariables(t, { PATH: alone ? folder : folder + delimiter + process.env.PATH });
  return folder;
}

/** Sets environment variables until the test ends. */
export function setVariables(t: TestContext, variables: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(variables)) {
    const former = process.env[name];
    process.env[name] = value;
    t.after(() => {
      if (former === undefined) delete process.env[name];
      else process.env[name] = former;
    });
  }
}
