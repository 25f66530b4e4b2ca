/** Which test files failed, by the output of a test runner without colours: `bun test`, `deno test` or `node --test`. */

/** Paths as the runner prints them, each once. */
export function failedTestFiles(output: string): readonly string[] {
  return [...new Set([...failedOnBun(output), ...failedOnDeno(output), ...failedOnNode(output)])].sort();
}

/** Bun prints a file's name above its tests, and below all of them lists of the skipped and failed ones without it. */
function failedOnBun(output: string): readonly string[] {
  const files: string[] = [];
  let file: string | undefined;
  for (const line of output.split("\n")) {
    if (/^\d+ tests? \w+:$/.test(line)) file = undefined;
    file = /^(\S+\.test\.ts):$/.exec(line)?.[1] ?? file;
    if (line.startsWith("(fail) ") && file !== undefined) files.push(file);
  }
  return files;
}

/** Deno prints it before each test when files run side by side. */
function failedOnDeno(output: string): readonly string[] {
  return matches(output, /^\.\/(\S+\.test\.ts) => .*\.\.\. FAILED/gm);
}

/** Node's spec reporter prints where each failed test stands. */
function failedOnNode(output: string): readonly string[] {
  return matches(output, /^test at (\S+\.test\.ts):\d+:\d+$/gm);
}

function matches(output: string, pattern: RegExp): readonly string[] {
  return [...output.matchAll(pattern)].flatMap(([, file]) => file ?? []);
}
