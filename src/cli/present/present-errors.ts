/** Errors as text for people and as JSON for programs. */
import { type AppError, exitCodes } from "../../lib/errors.ts";
import { JSON_SCHEMA } from "../command.ts";
import type { Style } from "./style.ts";

export function errorText(error: AppError, style: Style): string {
  return error.problems
    .map(({ code, message, next }) => {
      const mark = style.red(style.failed);
      return `${mark} ${message} ${style.dim(`[${code}]`)}\n  ${style.arrow} ${next}`;
    })
    .join("\n");
}

export function errorDocument(error: AppError): unknown {
  return {
    schema: JSON_SCHEMA,
    ok: false,
    exitCode: error.exitCode,
    errors: error.problems.map(({ code, key, message, next }) => ({ code, key, message, next })),
  };
}

const reportIt = "This is a defect of create-fastserve, not of your input. Please report it with the text above.";

export function internalText(error: unknown, style: Style): string {
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `${style.red(style.failed)} ${detail}\n  ${style.arrow} ${reportIt}`;
}

export function internalDocument(error: unknown): unknown {
  const message = error instanceof Error ? error.message : String(error);
  return {
    schema: JSON_SCHEMA,
    ok: false,
    exitCode: exitCodes.internal,
    errors: [{ code: "INTERNAL", message, next: reportIt }],
  };
}
