/** Every module that a TypeScript source names: static, dynamic and type imports, re-exports, and worker URLs. */

const patterns: readonly RegExp[] = [
  /^(?:import|export)\b[^"';]*?\bfrom\s*"([^"]+)"/gm,
  /^import\s*"([^"]+)"/gm,
  /\bimport\(\s*"([^"]+)"\s*\)/g,
  /\bnew URL\(\s*"([^"]+\.ts)"\s*,\s*import\.meta\.url\s*\)/g,
];

export function importsOf(source: string): string[] {
  const code = source.replaceAll(/^\s*(\/\/|\*|\/\*\*?).*$/gm, "");
  return patterns.flatMap((pattern) => [...code.matchAll(pattern)].map((match) => match[1] ?? ""));
}

/** "src/control/admin.ts" + "../http/reply.ts" -> "src/http/reply.ts". */
export function resolveImport(from: string, specifier: string): string {
  return new URL(specifier, `file:///${from}`).pathname.slice(1);
}
