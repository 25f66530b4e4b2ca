/**
 * The head of one part of a form: Content-Disposition with its name and file name (RFC 7578, section 4.2), Content-Type.
 *
 * Read by hand in one pass, so that no input makes it slow. Strict: a field that is there twice, a line that is folded, a
 * bare CR or LF, or a name in a second encoding (`filename*`, which RFC 7578 forbids) is refused.
 */
import { malformedForm } from "./malformed-form.ts";

export interface PartHead {
  /** Of the form's field, at most NAME_BYTES_MAX bytes of UTF-8; perhaps "", and perhaps there in other parts, too. */
  readonly name: string;
  /**
   * As the client calls the file, without folders; undefined: the part is no file. A client's word: no path, no type,
   * perhaps "" and perhaps there twice.
   */
  readonly filename: string | undefined;
  /** As the client says, unchecked. */
  readonly contentType: string | undefined;
}

/** Bytes of a field's name: more than twice busboy's default. */
const NAME_BYTES_MAX = 256;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** @param bytes up to and with the blank line @throws HttpError 400 */
export function parsePartHead(bytes: Uint8Array): PartHead {
  const text = decoded(bytes);
  let disposition: string | undefined;
  let contentType: string | undefined;
  for (let at = 0; at < text.length - 2; ) {
    const end = text.indexOf("\r\n", at);
    const [name, value] = field(text.slice(at, end));
    at = end + 2;
    if (name === "content-disposition") disposition = once(name, disposition, value);
    else if (name === "content-type") contentType = once(name, contentType, value);
    else if (name === "content-transfer-encoding") checkEncoding(value);
  }
  if (disposition === undefined) throw malformedForm("a part has no Content-Disposition");
  return { ...names(disposition), contentType };
}

function decoded(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw malformedForm("the head of a part is not UTF-8");
  }
}

/** Lower-case name, and value. */
function field(line: string): readonly [string, string] {
  const colon = line.indexOf(":");
  if (colon < 1) throw malformedForm("a line in the head of a part is no field");
  const name = line.slice(0, colon);
  for (let at = 0; at < colon; at += 1) {
    if (!isToken(name.charCodeAt(at))) throw malformedForm("a field of a part has no valid name");
  }
  const value = line.slice(colon + 1);
  for (let at = 0; at < value.length; at += 1) {
    if (isControl(value.charCodeAt(at))) throw malformedForm("a field of a part has a control character");
  }
  return [name.toLowerCase(), trimmed(value)];
}

function once(name: string, before: string | undefined, value: string): string {
  if (before !== undefined) throw malformedForm(`a part has two fields ${name}`);
  return value;
}

/** Deprecated by RFC 7578, section 4.7. To hand out coded content as if it were plain would be wrong silently. */
function checkEncoding(value: string): void {
  const encoding = value.toLowerCase();
  if (encoding === "7bit" || encoding === "8bit" || encoding === "binary") return;
  throw malformedForm("a part has a transfer encoding");
}

function names(disposition: string): { readonly name: string; readonly filename: string | undefined } {
  const { kind, parameters } = parseParameters(disposition);
  if (kind !== "form-data") throw malformedForm("a part is no form-data");
  const name = parameters.get("name");
  if (name === undefined) throw malformedForm("a part has no name");
  if (new TextEncoder().encode(name).byteLength > NAME_BYTES_MAX) {
    throw malformedForm(`the name of a part is longer than ${NAME_BYTES_MAX} bytes`);
  }
  if (parameters.has("filename*")) throw malformedForm("a file name is in a second encoding");
  const filename = parameters.get("filename");
  return { name: unescaped(name), filename: filename === undefined ? undefined : withoutFolders(unescaped(filename)) };
}

/** What browsers write for the three characters that would end a name (the HTML standard's form-data encoding). */
function unescaped(text: string): string {
  if (!text.includes("%")) return text;
  return text.replaceAll("%0A", "\n").replaceAll("%0D", "\r").replaceAll("%22", '"');
}

/** "" for what names a folder. */
function withoutFolders(filename: string): string {
  const last = filename.slice(Math.max(filename.lastIndexOf("/"), filename.lastIndexOf("\\")) + 1);
  return last === "." || last === ".." ? "" : last;
}

interface Parameters {
  /** The value before the parameters, in lower case. */
  readonly kind: string;
  /** By name in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** `kind; name=token; name="quoted"`. @throws HttpError 400 for anything else, and for a parameter that is there twice */
export function parseParameters(text: string): Parameters {
  const kindEnd = text.indexOf(";");
  const kind = trimmed(kindEnd < 0 ? text : text.slice(0, kindEnd)).toLowerCase();
  const parameters = new Map<string, string>();
  let at = kindEnd < 0 ? text.length : kindEnd;
  while (at < text.length) {
    if (text[at] !== ";") throw malformedForm("a parameter is not separated from the one before");
    at = skipSpace(text, at + 1);
    // A last semicolon without a parameter, as some clients have it.
    if (at === text.length) break;
    const nameEnd = skipToken(text, at);
    if (nameEnd === at || text[nameEnd] !== "=") throw malformedForm("a parameter has no name or no value");
    const name = text.slice(at, nameEnd).toLowerCase();
    const [value, end] = text[nameEnd + 1] === '"' ? quoted(text, nameEnd + 2) : token(text, nameEnd + 1);
    if (parameters.has(name)) throw malformedForm("a parameter is there twice");
    parameters.set(name, value);
    at = skipSpace(text, end);
  }
  return { kind, parameters };
}

function token(text: string, from: number): readonly [value: string, end: number] {
  const end = skipToken(text, from);
  if (end === from) throw malformedForm("a parameter has no value");
  return [text.slice(from, end), end];
}

/** A backslash escapes a quote or itself; before anything else it is one, as in the paths that old browsers send. */
function quoted(text: string, from: number): readonly [value: string, end: number] {
  let value = "";
  let copied = from;
  for (let at = from; at < text.length; at += 1) {
    const char = text[at];
    if (char === '"') return [value + text.slice(copied, at), at + 1];
    if (char === "\\" && (text[at + 1] === '"' || text[at + 1] === "\\")) {
      value += text.slice(copied, at);
      at += 1;
      copied = at;
    }
  }
  throw malformedForm("a quoted value does not end");
}

function skipToken(text: string, from: number): number {
  let at = from;
  while (at < text.length && isToken(text.charCodeAt(at))) at += 1;
  return at;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (text[at] === " " || text[at] === "\t") at += 1;
  return at;
}

function trimmed(text: string): string {
  let end = text.length;
  while (end > 0 && (text[end - 1] === " " || text[end - 1] === "\t")) end -= 1;
  return text.slice(skipSpace(text, 0), end);
}

/** RFC 9110, section 5.6.2. */
function isToken(code: number): boolean {
  return tokenChars[code] === 1;
}

const tokenChars = new Uint8Array(128);
for (const char of "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") {
  tokenChars[char.charCodeAt(0)] = 1;
}

/** Tab is white space. */
function isControl(code: number): boolean {
  return (code < 32 && code !== 9) || code === 127;
}
