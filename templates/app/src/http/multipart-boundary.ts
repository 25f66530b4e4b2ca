/** The boundary of a form's Content-Type (RFC 2046, section 5.1.1). */
import { HttpError } from "./http-error.ts";
import { malformedForm } from "./malformed-form.ts";
import { parseParameters } from "./multipart-head.ts";

/** RFC 2046: at most 70 characters, of these, and no space at the end. */
const BOUNDARY_CHARS_MAX = 70;
const others = "'()+_,-./:=? ";

/** @throws HttpError 415 where the body is no form, 400 where its boundary is none */
export function boundaryOf(contentType: string | undefined): string {
  const [kind = ""] = (contentType ?? "").split(";", 1);
  if (contentType === undefined || kind.trim().toLowerCase() !== "multipart/form-data") {
    throw new HttpError(415, "NOT_MULTIPART", "The body must be multipart/form-data.");
  }
  const boundary = parseParameters(contentType).parameters.get("boundary");
  if (boundary === undefined || !isBoundary(boundary)) throw malformedForm("it has no valid boundary");
  return boundary;
}

function isBoundary(text: string): boolean {
  if (text.length < 1 || text.length > BOUNDARY_CHARS_MAX || text.endsWith(" ")) return false;
  for (const char of text) if (!isAlphanumeric(char) && !others.includes(char)) return false;
  return true;
}

function isAlphanumeric(char: string): boolean {
  return (char >= "0" && char <= "9") || (char >= "a" && char <= "z") || (char >= "A" && char <= "Z");
}
