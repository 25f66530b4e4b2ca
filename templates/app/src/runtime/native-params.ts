/**
 * Parameters as a native router hands them out, checked to be those that our own router would have found.
 *
 * A native router takes the path as it was sent and decodes what it captured, so all that can differ shows in the
 * captured values: a dot segment or a backslash, which our router resolves first; a number sign; a malformed encoding,
 * which becomes U+FFFD; and another spelling of a literal segment. Where a value is suspicious our router decides. That
 * is cheaper than to look at the URL, which the runtime builds only when it is asked for.
 */
import { decodedSegment } from "../http/canonical-path.ts";
import { type ParameterTypeName, type PathParams, parameterTypes } from "../http/parameter-types.ts";
import { type Pattern, parsePattern } from "../http/pattern.ts";
import type { Resource } from "./port.ts";

const SUSPICIOUS = /^\.{1,2}$|[\\#\uFFFD]/;

export type NativeParams = (captured: Readonly<Record<string, string>>) => PathParams | undefined;

/** All literal segments of a site: a captured value that equals one may be another spelling of another route. */
export function literalSegments(resources: readonly Resource[]): ReadonlySet<string> {
  const segments = resources.flatMap((resource) => parsePattern(resource.pattern).segments);
  return new Set(segments.flatMap((segment) => (segment.kind === "literal" ? [decodedSegment(segment.text)] : [])));
}

/** @returns the parameters, or undefined where our own router must decide */
export function nativeParams(pattern: Pattern, literals: ReadonlySet<string>): NativeParams {
  const parameters = pattern.segments.flatMap((segment) => (segment.kind === "parameter" ? [segment] : []));
  const typed = parameters.filter(({ type }) => type !== "string");
  const isPlain = (text: string | undefined) => text !== undefined && !SUSPICIOUS.test(text) && !literals.has(text);
  return (captured) => {
    for (const { name } of parameters) if (!isPlain(captured[name])) return undefined;
    return typed.length === 0 ? captured : withTypes(captured, typed);
  };
}

function withTypes(
  captured: Readonly<Record<string, string>>,
  typed: readonly { readonly name: string; readonly type: ParameterTypeName }[],
): PathParams | undefined {
  const params: Record<string, string | number> = { ...captured };
  for (const { name, type } of typed) {
    const value = parameterTypes[type](captured[name] as string);
    if (value === undefined) return undefined;
    params[name] = value;
  }
  return params;
}
