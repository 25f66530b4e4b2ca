/**
 * From a representation and a request's fields to the response, wherever the bytes come from.
 *
 * HEAD has GET's fields with the length spelled out and no body at all, so that nothing is read for it.
 */
import { HttpError, problemResponse } from "../../http/http-error.ts";
import type { FileSegment } from "../../runtime/port.ts";
import { type ByteRange, chooseRanges } from "./byte-ranges.ts";
import { contentRange, multipart } from "./multipart.ts";
import { evaluate, rangeApplies } from "./preconditions.ts";
import { contentHeaders, type Representation, validatorHeaders } from "./representation.ts";

export type Body = string | Uint8Array<ArrayBuffer> | Blob | ReadableStream<Uint8Array>;

/** Where a representation's bytes come from. */
export interface Source {
  /** The body of a 200; `isRanged`: the request has a Range, which is not to be applied. */
  whole(isRanged: boolean): Body;
  part(range: ByteRange): Body;
  segments(segments: readonly FileSegment[]): Body;
  /** Nothing of it is needed. */
  close(): void;
}

export type Outcome = "whole" | "range" | "not-modified" | "refused";

export interface FileReply {
  readonly response: Response;
  readonly outcome: Outcome;
  readonly bytes: number;
}

/** @param nowMs what Last-Modified and If-Range are judged by */
export function fileReply(request: Request, of: Representation, source: Source, nowMs: number): FileReply {
  const { headers } = request;
  const verdict = evaluate(headers, of);
  if (verdict === "not-modified") return notModified(of, source, nowMs);
  if (verdict === "failed") return failed(source);
  const isHead = request.method === "HEAD";
  // Range is defined for GET alone (RFC 9110, section 14.2).
  const field = isHead ? null : headers.get("range");
  const ranges = field !== null && rangeApplies(headers, of, nowMs) ? chooseRanges(field, of.sizeBytes) : "all";
  if (ranges === "none") return unsatisfiable(of, source);
  if (ranges !== "all") return partial(of, ranges, source, nowMs);
  const all = contentHeaders(of, nowMs);
  all.push(["content-type", of.contentType], ["content-length", String(of.sizeBytes)]);
  if (isHead) source.close();
  const body = isHead ? null : source.whole(field !== null);
  return { response: new Response(body, { headers: all }), outcome: "whole", bytes: isHead ? 0 : of.sizeBytes };
}

function notModified(of: Representation, source: Source, nowMs: number): FileReply {
  source.close();
  const response = new Response(null, { status: 304, headers: validatorHeaders(of, nowMs) });
  return { response, outcome: "not-modified", bytes: 0 };
}

const refused = { outcome: "refused", bytes: 0 } as const;

function failed(source: Source): FileReply {
  source.close();
  const error = new HttpError(412, "PRECONDITION_FAILED", "The file is not the one that the request is about.");
  return { response: problemResponse(error), ...refused };
}

function unsatisfiable(of: Representation, source: Source): FileReply {
  source.close();
  const error = new HttpError(416, "RANGE_NOT_SATISFIABLE", `The file has ${of.sizeBytes} bytes.`, {
    "content-range": `bytes */${of.sizeBytes}`,
  });
  return { response: problemResponse(error), ...refused };
}

function partial(of: Representation, ranges: readonly ByteRange[], source: Source, nowMs: number): FileReply {
  const headers = contentHeaders(of, nowMs);
  const [first, second] = ranges;
  if (first && second === undefined) {
    const bytes = first.end - first.start;
    headers.push(["content-type", of.contentType], ["content-length", String(bytes)]);
    headers.push(["content-range", contentRange(first, of.sizeBytes)]);
    return { response: new Response(source.part(first), { status: 206, headers }), outcome: "range", bytes };
  }
  const { contentType, segments, bytes } = multipart(ranges, of.sizeBytes, of.contentType);
  headers.push(["content-type", contentType], ["content-length", String(bytes)]);
  return { response: new Response(source.segments(segments), { status: 206, headers }), outcome: "range", bytes };
}
