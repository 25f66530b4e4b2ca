/** Field lines: names, colons, and bytes that no value may have (RFC 9110, section 5; RFC 9112, section 5). */
import type { AttackCase } from "../attack-case.ts";
import { get, NEXT } from "../bytes.ts";
import { declined, either, refused, served } from "../expect.ts";

/** Lines that are no field; the head's end is where it is for everybody. */
const malformed: readonly (readonly [id: string, title: string, line: string])[] = [
  ["no-colon", "no colon", "X-A"],
  ["name-empty", "an empty name", ": b"],
  ["name-space", "a space inside the name", "X A: b"],
  ["space-before-colon", "a space before the colon", "X-A : b"],
  ["tab-before-colon", "a tab before the colon", "X-A\t: b"],
  ["name-nul", "a NUL in the name", "X\0A: b"],
  ["name-control", "a control character in the name", "X\x01A: b"],
  ["name-high", "a byte above 127 in the name", "X\xffA: b"],
  ["name-paren", "a parenthesis in the name", "X(A): b"],
  ["name-slash", "a slash in the name", "X/A: b"],
  ["name-quote", "a quotation mark in the name", 'X"A: b'],
  ["name-at", "an at sign in the name", "X@A: b"],
  ["name-brace", "a brace in the name", "X{A}: b"],
  ["value-nul", "a NUL in the value", "X-A: b\0c"],
  ["value-cr", "a bare CR in the value", "X-A: b\rc"],
  ["value-cr-end", "a bare CR at the value's end", "X-A: b\r\r\nX-B: c"],
];

/** RFC 9110 lets a recipient take other control characters as they are, or refuse them. */
const doubtful: readonly (readonly [id: string, title: string, line: string])[] = [
  ["value-control", "a control character in the value", "X-A: b\x01c"],
  ["value-delete", "a DEL in the value", "X-A: b\x7fc"],
  ["value-escape", "an escape sequence for terminals in the value", "X-A: \x1b[31mred"],
];

const valid: readonly (readonly [id: string, title: string, line: string])[] = [
  ["value-empty", "an empty value", "X-A:"],
  ["value-high", "bytes above 127 in the value", "X-A: b\xe9\xffc"],
  ["value-tab", "a tab inside the value", "X-A: b\tc"],
  ["name-symbols", "every symbol that a name may have", "X!#$%&'*+-.^_`|~9: b"],
  ["name-underscore", "an underscore in the name", "X_A: b"],
  ["colon-in-value", "colons in the value", "X-A: b:c::d"],
  ["twice", "the same field twice", "X-A: b\r\nX-A: c"],
  ["proto", "names of JavaScript's own properties", "__proto__: b\r\nconstructor: c\r\ntoString: d"],
];

export const fieldCases: readonly AttackCase[] = [
  ...valid.map(
    ([id, title, line]): AttackCase => ({
      id: `fields-${id}`,
      title,
      source: "RFC 9110 5.1, 5.5",
      steps: [get("/a", line)],
      expect: served("GET /a"),
    }),
  ),
  ...doubtful.map(
    ([id, title, line]): AttackCase => ({
      id: `fields-${id}`,
      title,
      source: "RFC 9110 5.5",
      steps: [get("/a", line)],
      expect: either(declined(), served("GET /a")),
    }),
  ),
  ...malformed.map(
    ([id, title, line]): AttackCase => ({
      id: `fields-${id}`,
      title,
      source: "RFC 9110 5.1, 5.5; RFC 9112 5.1",
      steps: [get("/a", line) + NEXT],
      expect: refused(),
    }),
  ),
];
