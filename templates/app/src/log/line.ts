/** One log line as text: JSON for collectors, or columns for people. Always one line, whatever a stranger sent. */

export type LogLevel = "debug" | "info" | "warn" | "error";
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;
export type FormatLine = (timeMs: number, level: LogLevel, message: string, fields: LogFields) => string;

/** `thread`: who writes, such as "main" or "worker-1". The result ends with a newline. */
export function lineFormatter(format: "json" | "text", thread: string): FormatLine {
  const time = timeFormatter();
  if (format === "json") {
    const from = JSON.stringify(thread);
    return (timeMs, level, message, fields) =>
      `{"time":"${time(timeMs)}","level":"${level}","thread":${from},"message":${jsonString(message)}${jsonFields(fields)}}\n`;
  }
  return (timeMs, level, message, fields) =>
    `${time(timeMs)} ${LEVEL_COLUMNS[level]} ${thread} ${oneLine(message)}${textFields(fields)}\n`;
}

const LEVEL_COLUMNS: Readonly<Record<LogLevel, string>> = {
  debug: "DEBUG",
  info: "INFO ",
  warn: "WARN ",
  error: "ERROR",
};

/** ISO 8601 in UTC. The second's text is kept: within one second only three digits change. */
function timeFormatter(): (timeMs: number) => string {
  let second = Number.NaN;
  let prefix = "";
  return (timeMs) => {
    const now = Math.floor(timeMs / 1000);
    if (now !== second) {
      second = now;
      prefix = new Date(now * 1000).toISOString().slice(0, 20);
    }
    const ms = Math.floor(timeMs - now * 1000);
    return `${prefix}${ms < 10 ? "00" : ms < 100 ? "0" : ""}${ms}Z`;
  };
}

/** Printable ASCII without quote and backslash: almost every value of a log, and its own JSON between quotes. */
const PLAIN_JSON = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

/** JSON.stringify for text; a third of its time where nothing has to be escaped. */
function jsonString(text: string): string {
  return PLAIN_JSON.test(text) ? `"${text}"` : JSON.stringify(text);
}

function jsonFields(fields: LogFields): string {
  let text = "";
  for (const key in fields) {
    const value = fields[key];
    // Keys are the program's own words, of letters, digits and underscores.
    if (value !== undefined) text += `,"${key}":${typeof value === "string" ? jsonString(value) : jsonScalar(value)}`;
  }
  return text;
}

/** JSON has no NaN and no infinity: those are null, as JSON.stringify writes them. */
function jsonScalar(value: number | boolean): string {
  return typeof value === "number" && !Number.isFinite(value) ? "null" : String(value);
}

function textFields(fields: LogFields): string {
  let text = "";
  for (const key in fields) {
    const value = fields[key];
    if (value !== undefined) text += ` ${key}=${typeof value === "string" ? quoted(value) : value}`;
  }
  return text;
}

const PLAIN_VALUE = /^[\w.:/@+-]+$/;

function quoted(value: string): string {
  return PLAIN_VALUE.test(value) ? value : oneLine(JSON.stringify(value));
}

/** Control characters could forge lines and drive a terminal; line and paragraph separators break lines too. */
const CONTROLS = /[\p{Cc}\u2028\u2029]/gu;

function oneLine(text: string): string {
  return text.replace(CONTROLS, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
