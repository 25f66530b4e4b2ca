/**
 * Types of path parameters: "/users/:id<int>" hands out a number, and a path whose segment is none is not this route's.
 *
 * To add a type, add a row: its name works in patterns, and what it returns is the parameter's type in handlers.
 */

/** Reads a decoded segment; undefined: the segment is not of this type, and the path not of this route. */
export type ParameterType<Value extends string | number> = (segment: string) => Value | undefined;

/** Where several types fit one segment, the first row wins; a parameter without a type comes last. */
export const parameterTypes = {
  /** A whole number that a JavaScript number holds exactly, written in the one usual way: no plus, no leading zero. */
  int(segment) {
    if (!INT.test(segment)) return undefined;
    const value = Number(segment);
    return Number.isSafeInteger(value) ? value : undefined;
  },
  /** Any UUID (RFC 9562, section 4), handed out in lower case. */
  uuid: (segment) => (UUID.test(segment) ? segment.toLowerCase() : undefined),
  /** What a parameter without a type is. */
  string: (segment) => segment,
} satisfies Record<string, ParameterType<string | number>>;

export type ParameterTypeName = keyof typeof parameterTypes;

/** The type that a handler sees for a parameter type. */
export type ParameterValue<Name extends ParameterTypeName> = Exclude<
  ReturnType<(typeof parameterTypes)[Name]>,
  undefined
>;

/** Path parameters by name, whatever their types; "*" is the rest of a wildcard path. */
export type PathParams = Readonly<Record<string, string | number>>;

/** The longest safe integer has 16 digits; "-0" would not come back as it was written. */
const INT = /^(?:0|-?[1-9]\d{0,15})$/;
const UUID = /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/i;

export function isParameterType(name: string): name is ParameterTypeName {
  return Object.hasOwn(parameterTypes, name);
}
