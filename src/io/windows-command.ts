/**
 * Command lines for Windows. A package manager is a `.cmd` file there, which only cmd.exe can run, so every argument
 * passes two readers: cmd.exe, which acts on metacharacters, and the program's own splitting of its command line.
 */

/** Characters that cmd.exe acts on outside of its own quoting; each is escaped with a caret. */
const METACHARACTERS = /([()\][%!^"`<>&|;, *?])/g;

export interface WindowsCommand {
  readonly file: string;
  readonly args: readonly string[];
  /** The arguments are quoted already and must be handed over as they are. */
  readonly verbatim: boolean;
}

/**
 * How to start `executable` (a full path): directly, or through cmd.exe when it is a batch file. A batch file hands
 * its arguments on with `%*`, which makes cmd.exe read them a second time, so they are escaped twice.
 */
export function windowsCommand(executable: string, args: readonly string[], commandShell: string): WindowsCommand {
  if (!/\.(?:cmd|bat)$/i.test(executable)) return { file: executable, args, verbatim: false };
  const words = [escapeForShell(executable), ...args.map((arg) => escapeForShell(escapeForShell(quote(arg))))];
  return { file: commandShell, args: ["/d", "/s", "/c", `"${words.join(" ")}"`], verbatim: true };
}

/** Backslashes are doubled only before a quote or at the end: that is how Windows programs split a command line. */
function quote(arg: string): string {
  return `"${arg.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\*)$/, "$1$1")}"`;
}

function escapeForShell(text: string): string {
  return text.replace(METACHARACTERS, "^$1");
}
