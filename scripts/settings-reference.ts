/**
 * Prints docs/settings.md and docs/targets.md: every setting of the emitted server, and every known target.
 * `npm run docs:update` writes them, and the figures that the generator carries; a tidy test keeps files and tables equal.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { presets, presetsVersion } from "../src/facts/presets.ts";
import { formatBytes } from "../src/lib/units.ts";
import type { Source } from "../src/plan/decision.ts";
import { rules, settingKeys } from "../src/plan/rules/table.ts";
import { settingDescriptions } from "../src/tree/setting-descriptions.ts";
import { printAllocatorFigures } from "./allocator-figures.ts";
import { printMemoryUses } from "./memory-uses.ts";
import { root } from "./test-stages.ts";

export function settingsReference(): string {
  const rows = settingKeys.map((key) => {
    const { unit, reads, source } = rules[key];
    // A pin is an exception to the rules, and read by all of them that divide by the workers.
    const shown = reads.filter((input) => !input.startsWith("pinned."));
    const inputs = shown.length === 0 ? "nothing" : shown.map((input) => `\`${input}\``).join(", ");
    return `| \`${key}\` | ${settingDescriptions[key]} | ${unit === "none" ? "" : unit} | ${inputs} | ${sourceText(source)} |`;
  });
  const assumed = settingKeys.filter((key) => rules[key].source.kind === "assumed").length;
  return [
    "# Settings of the emitted server",
    "",
    "Generated from the rules and the server's schema by `npm run docs:update`. `create-fastserve explain KEY` prints the",
    `value, reason and inputs for one target. ${settingKeys.length} settings; the rules of ${assumed} rest on an assumption.`,
    "",
    "| setting | what it does | unit | decided from | source |",
    "|---|---|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}

function sourceText({ kind, ref }: Source): string {
  return ref.startsWith("https://") ? `[${kind}](${ref})` : `${kind}: ${ref}`;
}

export function targetsReference(): string {
  const rows = presets.map(
    ({ id, label, source, facts }) =>
      `| \`${id}\` | [${label}](${source}) | ${facts.cpus.value} | ${formatBytes(facts.memoryBytes.value)} | ${facts.arch.value} |`,
  );
  return [
    "# Known targets",
    "",
    `Generated from the table of presets, version ${presetsVersion}, by \`npm run docs:update\`. Use one with \`--target ID\`.`,
    "The memory of a machine is what its kernel leaves of the advertised size; that of a container is its limit.",
    "",
    "| id | target | CPUs | memory | arch |",
    "|---|---|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(join(root, "src", "plan", "allocator-figures.ts"), printAllocatorFigures());
  writeFileSync(join(root, "src", "plan", "memory-uses.ts"), printMemoryUses());
  writeFileSync(join(root, "docs", "settings.md"), settingsReference());
  writeFileSync(join(root, "docs", "targets.md"), targetsReference());
}
