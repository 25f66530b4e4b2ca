/** Words of a command line, quoted so that a person can paste the line into a shell. */

export type Shell = "posix" | "powershell";

/** Characters that mean nothing to either shell; anything else is quoted, letters of other alphabets included. */
const PLAIN: Readonly<Record<Shell, RegExp>> = {
  posix: /^[A-Za-z0-9_./+:=@-]+$/,
  powershell: /^[A-Za-z0-9_./\\+:=-]+$/,
};

/** Inside single quotes both shells take everything literally, except for the single quote itself. */
export function shellWord(text: string, shell: Shell): string {
  if (PLAIN[shell].test(text)) return text;
  // PowerShell also takes the typographic quotes for a single quote.
  return shell === "posix" ? `'${text.replaceAll("'", "'\\''")}'` : `'${text.replace(/['\u2018-\u201b]/g, "$&$&")}'`;
}

/** Git Bash and other POSIX shells on Windows set SHELL; PowerShell and cmd.exe do not. */
export function shellOf(platform: string, shellVariable: string | undefined): Shell {
  return platform === "win32" && shellVariable === undefined ? "powershell" : "posix";
}
