/** TOML text to flat entries with their lines. Tables, dotted keys and inline tables all become dotted keys. */
import { type AST, getStaticTOMLValue, ParseError, parseTOML } from "toml-eslint-parser";
import type { Entry, Reading } from "./entry.ts";
import type { ConfigProblem, Layer } from "./problem.ts";

/** `name` is what messages call the file. A syntax error is one problem with line and column, both from 1. */
export function readToml(text: string, name: string, layer: Layer): Reading {
  const entries: Entry[] = [];
  const problems: ConfigProblem[] = [];
  const place = (node: AST.TOMLNode) => ({ where: `${name}:${node.loc.start.line}`, layer });

  function addPair(prefix: readonly string[], pair: AST.TOMLKeyValue): void {
    const path = [...prefix, ...keyNames(pair.key)];
    if (pair.value.type === "TOMLInlineTable") {
      for (const inner of pair.value.body) addPair(path, inner);
      return;
    }
    if (holdsTable(pair.value)) {
      problems.push({ where: place(pair).where, message: `${path.join(".")} holds a table; no setting's list does.` });
      return;
    }
    entries.push({ key: path.join("."), value: getStaticTOMLValue(pair.value), place: place(pair) });
  }

  try {
    // A byte order mark is no TOML, but some editors write one.
    const [table] = parseTOML(text.replace(/^\uFEFF/, ""), { tomlVersion: "1.0" }).body;
    for (const node of table.body) {
      if (node.type === "TOMLKeyValue") addPair([], node);
      else if (node.kind === "array") {
        const key = keyNames(node.key).join(".");
        problems.push({ where: place(node).where, message: `[[${key}]] is a list of tables; write [${key}].` });
      } else for (const pair of node.body) addPair(keyNames(node.key), pair);
    }
    return { entries, problems, complete: true };
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    const where = `${name}:${error.lineNumber}:${error.column + 1}`;
    const message = `this is not TOML: ${error.message.replace(/\.$/, "")}.`;
    return { entries: [], problems: [{ where, message }], complete: false };
  }
}

/** The parser builds plain objects of tables, and a key "__proto__" in one of them would write to all objects. */
function holdsTable(value: AST.TOMLContentNode): boolean {
  if (value.type === "TOMLInlineTable") return true;
  return value.type === "TOMLArray" && value.elements.some(holdsTable);
}

function keyNames(key: AST.TOMLKey): readonly string[] {
  return key.keys.map((part) => (part.type === "TOMLBare" ? part.name : part.value));
}
