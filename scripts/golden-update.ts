/**
 * Rewrites everything that is printed from code and checked in: the descriptions and bounds of the settings, the twins below
 * `templates/app`, and the expected files of the golden cases. Run it, then read the difference.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { schema } from "../templates/app/src/config/schema.ts";
import { printSettingBounds } from "../test/drift/setting-bounds-of.ts";
import { printSettingDescriptions } from "../test/tree/setting-descriptions-of.ts";

const root = join(import.meta.dirname ?? ".", "..");
write(join(root, "src/tree/setting-descriptions.ts"), printSettingDescriptions(schema));
write(join(root, "src/drift/setting-bounds.ts"), printSettingBounds(schema));

// Imported after the descriptions are written, because the tree stage reads them.
const { caseNames, expectedFiles, goldenRoot, planOfCase, profilesOfCase, REFERENCE, templates } = await import(
  "../test/tree/golden-cases.ts"
);
const { compose } = await import("../src/tree/compose.ts");
const { manifest } = await import("../src/tree/manifest.ts");

const reference = await planOfCase(REFERENCE);
for (const row of manifest) {
  if (row.kind === "emit" && row.twin !== undefined) write(join(root, "templates", row.twin), row.text(reference));
}
for (const name of caseNames) {
  const expected = join(goldenRoot, name, "expected");
  rmSync(expected, { recursive: true, force: true });
  for (const [path, text] of expectedFiles(compose(await planOfCase(name), templates, await profilesOfCase(name)))) {
    write(join(expected, path), text);
  }
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
