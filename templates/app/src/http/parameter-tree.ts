/**
 * Parameter tree: finds the pattern of a path that has parameters or a wildcard.
 *
 * Idea: one node per path segment. At each node a literal segment wins over a parameter, a parameter over the wildcard;
 * a dead end goes back to the next best. The search is bounded by the patterns' depth, not by the path's length.
 */
import { HttpError } from "./http-error.ts";

interface Node<Value> {
  readonly literals: Map<string, Node<Value>>;
  parameter: Node<Value> | undefined;
  /** Patterns that end here, and their parameters' names in order. */
  leaf: Leaf<Value> | undefined;
  /** A pattern that ends in "*" here. */
  wildcard: Leaf<Value> | undefined;
}

interface Leaf<Value> {
  readonly pattern: string;
  readonly names: readonly string[];
  readonly value: Value;
}

export interface Found<Value> {
  readonly value: Value;
  readonly params: Readonly<Record<string, string>>;
}

export class ParameterTree<Value> {
  readonly #root: Node<Value> = emptyNode();

  /** Adds "/users/:id" or "/files/*". Throws on a pattern that would match the same paths as an earlier one. */
  insert(pattern: string, value: Value): void {
    const segments = pattern.slice(1).split("/");
    const names: string[] = [];
    let node = this.#root;
    for (const [index, segment] of segments.entries()) {
      if (segment === "*") {
        if (index !== segments.length - 1) throw new TypeError(`"${pattern}": "*" must be the last segment`);
        node.wildcard = claim(node.wildcard, { pattern, names: [...names, "*"], value });
        return;
      }
      if (segment.startsWith(":")) names.push(segment.slice(1));
      node = child(node, segment);
    }
    if (new Set(names).size !== names.length) throw new TypeError(`"${pattern}" names a parameter twice`);
    node.leaf = claim(node.leaf, { pattern, names, value });
  }

  /** Finds the path text[start, end), which begins with "/". Throws HttpError 400 when a parameter is not decodable. */
  find(text: string, start: number, end: number): Found<Value> | undefined {
    const captured: string[] = [];
    const leaf = search(this.#root, text.slice(start + 1, end).split("/"), 0, captured);
    if (!leaf) return undefined;
    const params: Record<string, string> = {};
    leaf.names.forEach((name, index) => {
      params[name] = decode(captured[index] as string);
    });
    return { value: leaf.value, params };
  }
}

function emptyNode<Value>(): Node<Value> {
  return { literals: new Map(), parameter: undefined, leaf: undefined, wildcard: undefined };
}

function child<Value>(node: Node<Value>, segment: string): Node<Value> {
  if (segment.startsWith(":")) {
    node.parameter ??= emptyNode();
    return node.parameter;
  }
  const known = node.literals.get(segment);
  if (known) return known;
  const made: Node<Value> = emptyNode();
  node.literals.set(segment, made);
  return made;
}

function claim<Value>(taken: Leaf<Value> | undefined, leaf: Leaf<Value>): Leaf<Value> {
  if (taken) throw new TypeError(`"${leaf.pattern}" matches the same paths as "${taken.pattern}"`);
  return leaf;
}

function search<Value>(
  node: Node<Value>,
  segments: readonly string[],
  depth: number,
  captured: string[],
): Leaf<Value> | undefined {
  if (depth === segments.length) return node.leaf;
  const segment = segments[depth] as string;
  const literal = node.literals.get(segment);
  const found = literal && search(literal, segments, depth + 1, captured);
  if (found) return found;
  // An empty segment is no parameter: "/users/" is not "/users/:id".
  if (node.parameter && segment !== "") {
    captured.push(segment);
    const deeper = search(node.parameter, segments, depth + 1, captured);
    if (deeper) return deeper;
    captured.pop();
  }
  if (node.wildcard) captured.push(segments.slice(depth).join("/"));
  return node.wildcard;
}

function decode(text: string): string {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    throw new HttpError(400, "PATH_NOT_DECODABLE", "The path has a malformed percent-encoding.");
  }
}
