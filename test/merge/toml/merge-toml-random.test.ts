import { getStaticTOMLValue, parseTOML } from "toml-eslint-parser";
import { mergeToml } from "../../../src/merge/toml/merge-toml.ts";
import { testEditProperties } from "../edit-properties.ts";
import { separateEdits } from "../random-settings.ts";
import { printToml, tomlEdits } from "./random-toml.ts";

testEditProperties({
  name: "mergeToml",
  ways: tomlEdits,
  separate: separateEdits,
  merge: (versions) => mergeToml("a.toml", versions),
  print: printToml,
  parse: (text) => getStaticTOMLValue(parseTOML(text)),
});
