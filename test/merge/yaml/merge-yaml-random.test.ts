import { parse } from "yaml";
import { mergeYaml } from "../../../src/merge/yaml/merge-yaml.ts";
import { testEditProperties } from "../edit-properties.ts";
import { keyEdits } from "../random-settings.ts";
import { printYaml, yamlEdits } from "./random-yaml.ts";

testEditProperties({
  name: "mergeYaml",
  ways: yamlEdits,
  separate: keyEdits,
  merge: (versions) => mergeYaml("a.yaml", versions),
  print: printYaml,
  parse,
});
