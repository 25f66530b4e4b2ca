/**
 * Which patterns a runtime's native router may decide, so that its answers are those of our own router.
 *
 * A native router knows literal and parameter segments: it takes a path as it was sent, prefers literals, and knows no
 * types. So exact paths are always its own. A pattern with parameters is, unless a pattern that only our router knows
 * (with a wildcard, or for every method) matches some of the same paths and comes first there; one with types only
 * where no other native pattern matches any of its paths.
 */
import { parameterTypes } from "../http/parameter-types.ts";
import { type Pattern, parsePattern, type Segment } from "../http/pattern.ts";
import type { Resource } from "./port.ts";

/** The methods that Bun's router takes by name. */
const native: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** Patterns with parameters that may go to the native router; exact paths always may. */
export function nativePatterns(resources: readonly Resource[]): ReadonlySet<string> {
  const own: Pattern[] = [];
  let candidates: Pattern[] = [];
  for (const resource of resources) {
    const pattern = parsePattern(resource.pattern);
    if (pattern.exact !== undefined) continue;
    (hasOnlyNativeMethods(resource) && !hasRest(pattern) ? candidates : own).push(pattern);
  }
  // Each round moves at least one pattern, or is the last.
  for (;;) {
    const moved = candidates.filter((pattern) => !mayBeNative(pattern, candidates, own));
    if (moved.length === 0) return new Set(candidates.map((pattern) => pattern.source));
    own.push(...moved);
    candidates = candidates.filter((pattern) => !moved.includes(pattern));
  }
}

export function hasOnlyNativeMethods(resource: Resource): boolean {
  return !resource.any && [...resource.endpoints.keys()].every((method) => native.has(method));
}

function hasTypes(pattern: Pattern): boolean {
  return pattern.segments.some((segment) => segment.kind === "parameter" && segment.type !== "string");
}

function hasRest(pattern: Pattern): boolean {
  return pattern.segments.some((segment) => segment.kind === "rest");
}

function mayBeNative(pattern: Pattern, candidates: readonly Pattern[], own: readonly Pattern[]): boolean {
  if (own.some((other) => overlaps(pattern, other) && !comesFirst(pattern, other))) return false;
  return !hasTypes(pattern) || !candidates.some((other) => other !== pattern && overlaps(pattern, other));
}

/** Whether some path can match both, whatever the types. */
function overlaps(a: Pattern, b: Pattern): boolean {
  for (let index = 0; ; index += 1) {
    const [left, right] = [a.segments[index], b.segments[index]];
    if (left?.kind === "rest" || right?.kind === "rest") return true;
    if (!left || !right) return left === right;
    if (left.kind === "literal" && right.kind === "literal" && left.text !== right.text) return false;
  }
}

/** Whether our router takes `a` before `b` for a path that matches both, even if `a` had no types. */
function comesFirst(a: Pattern, b: Pattern): boolean {
  for (const [index, segment] of a.segments.entries()) {
    const other = b.segments[index];
    if (!other) return false;
    const difference = rank(segment, true) - rank(other, false);
    if (difference !== 0) return difference < 0;
  }
  return true;
}

const types: readonly string[] = Object.keys(parameterTypes);

function rank(segment: Segment, untyped: boolean): number {
  if (segment.kind === "literal") return -1;
  if (segment.kind === "rest") return types.length;
  return types.indexOf(untyped ? "string" : segment.type);
}
