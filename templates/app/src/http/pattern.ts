/** Patterns of paths: "/users/:id<int>/files/*" as segments, checked at start-up. */
import { canonicalPath } from "./canonical-path.ts";
import { isParameterType, type ParameterTypeName, parameterTypes } from "./parameter-types.ts";

export type Segment =
  /** In its canonical spelling. */
  | { readonly kind: "literal"; readonly text: string }
  | { readonly kind: "parameter"; readonly name: string; readonly type: ParameterTypeName }
  /** The rest of the path; always the last segment. */
  | { readonly kind: "rest" };

export interface Pattern {
  /** As its author wrote it. */
  readonly source: string;
  readonly segments: readonly Segment[];
  /** The one path that it matches, in its canonical spelling; undefined when there are many. */
  readonly exact: string | undefined;
}

/** @throws TypeError that names the pattern and what is wrong with it */
export function parsePattern(source: string): Pattern {
  const texts = source.slice(1).split("/");
  const segments = texts.map((text, index) => parseSegment(text, index === texts.length - 1, source));
  const names = segments.flatMap((segment) => (segment.kind === "parameter" ? [segment.name] : []));
  if (new Set(names).size !== names.length) throw invalid(source, "names a parameter twice");
  const literals = segments.flatMap((segment) => (segment.kind === "literal" ? [segment.text] : []));
  return { source, segments, exact: literals.length === segments.length ? `/${literals.join("/")}` : undefined };
}

/** An own property of a plain object whatever its name, but for this one. */
const NAME = /^(?!__proto__$)[A-Za-z_]\w*$/;
const PARAMETER = /^:([^<>]*)(?:<([^<>]*)>)?$/;

function parseSegment(text: string, isLast: boolean, source: string): Segment {
  if (text === "*") {
    if (!isLast) throw invalid(source, '"*" must be the last segment');
    return { kind: "rest" };
  }
  if (text.startsWith(":")) return parseParameter(text, source);
  if (text === "" && !isLast) throw invalid(source, "two slashes in a row match no path that a client means");
  if (/[?#\\]/.test(text)) throw invalid(source, 'a path ends before "?" and "#", and has no backslash');
  return { kind: "literal", text: literalText(text, source) };
}

function parseParameter(text: string, source: string): Segment {
  const [, name = "", type = "string"] = PARAMETER.exec(text) ?? [];
  if (!NAME.test(name)) throw invalid(source, `"${text}" is not of the form ":name" or ":name<type>"`);
  if (!isParameterType(type)) {
    throw invalid(source, `there is no parameter type "${type}"; there are ${Object.keys(parameterTypes).join(", ")}`);
  }
  return { kind: "parameter", name, type };
}

function literalText(text: string, source: string): string {
  let canonical: string;
  try {
    canonical = canonicalPath(`/${text}`);
  } catch {
    throw invalid(source, `"${text}" has a malformed percent-encoding`);
  }
  if (canonical === "/" && text !== "") throw invalid(source, "dot segments are resolved before a route is looked for");
  return canonical.slice(1);
}

function invalid(source: string, reason: string): TypeError {
  return new TypeError(`the pattern "${source}" is not valid: ${reason}`);
}
