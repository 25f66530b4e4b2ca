/** The error of a form that cannot be read. Its sentence never has a client's words in it. */
import { HttpError } from "./http-error.ts";

/** @param what the rest of "the form is malformed:" */
export function malformedForm(what: string): HttpError {
  return new HttpError(400, "MULTIPART_MALFORMED", `The form is malformed: ${what}.`);
}
