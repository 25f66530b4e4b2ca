/**
 * Parameter tree: finds the pattern of a path that has parameters or a wildcard.
 *
 * Idea: a radix tree whose edges are path segments. At each node a literal segment wins over a typed parameter, that
 * over a plain one, and the wildcard comes last, whatever the order of definition; a dead end goes back to the next
 * best. Each node is visited at most once, so the search is bounded by the patterns and not by the path's length.
 */
import { decodedRest, decodedSegment } from "./canonical-path.ts";
import { type ParameterTypeName, type PathParams, parameterTypes } from "./parameter-types.ts";
import { parsePattern } from "./pattern.ts";

interface Leaf<Value> {
  readonly pattern: string;
  readonly names: readonly string[];
  readonly value: Value;
}

interface Branch<Value> {
  readonly type: ParameterTypeName;
  readonly node: Node<Value>;
}

interface Node<Value> {
  readonly literals: Map<string, Node<Value>>;
  /** In the order of the table of types, whose last is the plain string. */
  readonly parameters: Branch<Value>[];
  /** The pattern that ends here. */
  leaf: Leaf<Value> | undefined;
  /** The pattern that ends in "*" here. */
  wildcard: Leaf<Value> | undefined;
}

export interface Found<Value> {
  readonly value: Value;
  readonly params: PathParams;
}

export class ParameterTree<Value> {
  readonly #root: Node<Value> = emptyNode();

  /** Adds "/users/:id" or "/files/*". Throws TypeError on one that matches the same paths as an earlier one. */
  insert(source: string, value: Value): void {
    const names: string[] = [];
    let node = this.#root;
    for (const segment of parsePattern(source).segments) {
      if (segment.kind === "rest") {
        node.wildcard = claim(node.wildcard, { pattern: source, names: [...names, "*"], value });
        return;
      }
      if (segment.kind === "parameter") names.push(segment.name);
      node = segment.kind === "literal" ? literalChild(node, segment.text) : typedChild(node, segment.type);
    }
    node.leaf = claim(node.leaf, { pattern: source, names, value });
  }

  /** Finds the canonical path text[start, end), which begins with "/". */
  find(text: string, start: number, end: number): Found<Value> | undefined {
    const captured: (string | number)[] = [];
    const leaf = search(this.#root, text, start + 1, end, captured);
    if (!leaf) return undefined;
    const params: Record<string, string | number> = {};
    for (let index = 0; index < leaf.names.length; index += 1) {
      params[leaf.names[index] as string] = captured[index] as string | number;
    }
    return { value: leaf.value, params };
  }
}

function emptyNode<Value>(): Node<Value> {
  return { literals: new Map(), parameters: [], leaf: undefined, wildcard: undefined };
}

function literalChild<Value>(node: Node<Value>, text: string): Node<Value> {
  const known = node.literals.get(text);
  if (known) return known;
  const made: Node<Value> = emptyNode();
  node.literals.set(text, made);
  return made;
}

const typeOrder = Object.keys(parameterTypes);

function typedChild<Value>(node: Node<Value>, type: ParameterTypeName): Node<Value> {
  const known = node.parameters.find((branch) => branch.type === type);
  if (known) return known.node;
  const made: Branch<Value> = { type, node: emptyNode() };
  node.parameters.push(made);
  node.parameters.sort((a, b) => typeOrder.indexOf(a.type) - typeOrder.indexOf(b.type));
  return made.node;
}

function claim<Value>(taken: Leaf<Value> | undefined, leaf: Leaf<Value>): Leaf<Value> {
  if (taken) throw new TypeError(`"${leaf.pattern}" matches the same paths as "${taken.pattern}"`);
  return leaf;
}

/** @param from start of the next segment; beyond `end`: the path has no more */
function search<Value>(
  node: Node<Value>,
  text: string,
  from: number,
  end: number,
  captured: (string | number)[],
): Leaf<Value> | undefined {
  if (from > end) return node.leaf;
  const slash = text.indexOf("/", from);
  const to = slash < 0 || slash > end ? end : slash;
  const segment = text.slice(from, to);
  const literal = node.literals.get(segment);
  if (literal) {
    const found = search(literal, text, to + 1, end, captured);
    if (found) return found;
  }
  // An empty segment is no parameter: "/users/" is not "/users/:id".
  if (to > from) {
    for (const { type, node: deeper } of node.parameters) {
      const value = parameterTypes[type](decodedSegment(segment));
      if (value === undefined) continue;
      captured.push(value);
      const found = search(deeper, text, to + 1, end, captured);
      if (found) return found;
      captured.pop();
    }
  }
  if (node.wildcard) captured.push(decodedRest(text.slice(from, end)));
  return node.wildcard;
}
