/** The program on a real pseudo-terminal, with a screen that can be read like a person reads it. */
import { spawn } from "@lydell/node-pty";
import headless from "@xterm/headless";
import { plainEnvironment, program } from "./built-cli.ts";

/** Long enough for a loaded machine; a test that waits this long has failed. */
const WAIT_MS_MAX = 30_000;
const POLL_MS = 20;

export const keys = {
  enter: "\r",
  down: "\u001b[B",
  up: "\u001b[A",
  escape: "\u001b",
  space: " ",
  ctrlC: "\u0003",
  ctrlD: "\u0004",
} as const;

export interface PseudoTerminal {
  /** Waits until the screen, with everything that scrolled off it, contains the text as often as told. */
  see(text: string, times?: number): Promise<void>;
  press(...keys: readonly string[]): void;
  screen(): string;
  isCursorHidden(): boolean;
  exit(): Promise<{ readonly exitCode: number; readonly signal: number | undefined }>;
  /** Takes the terminal away, as closing its window does. */
  hangUp(): void;
  /** Ends the process if a failed test left it running. */
  close(): void;
}

export function openProgram(
  argv: readonly string[],
  options: { readonly cwd: string; readonly environment?: Readonly<Record<string, string>> },
): PseudoTerminal {
  const size = { cols: 110, rows: 60 };
  const screen = new headless.Terminal({ ...size, scrollback: 2000, allowProposedApi: true });
  let bytes = "";
  let ended: { exitCode: number; signal: number | undefined } | undefined;
  const child = spawn(process.execPath, [program, ...argv], {
    ...size,
    name: "xterm-256color",
    cwd: options.cwd,
    env: plainEnvironment({ TERM: "xterm-256color", ...options.environment }),
  });
  child.onData((data) => {
    bytes += data;
    screen.write(data);
  });
  child.onExit(({ exitCode, signal }) => {
    ended = { exitCode, signal };
  });
  const text = (): string => {
    const { active } = screen.buffer;
    const lines = Array.from({ length: active.length }, (_, row) => active.getLine(row)?.translateToString(true) ?? "");
    return lines.join("\n");
  };
  const until = async (holds: () => boolean, what: string): Promise<void> => {
    const deadline = Date.now() + WAIT_MS_MAX;
    while (!holds()) {
      if (Date.now() > deadline) throw new Error(`waited in vain for ${what}; the screen is:\n${text()}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  };
  return {
    see: (wanted, times = 1) => until(() => text().split(wanted).length > times, JSON.stringify(wanted)),
    press(...pressed) {
      for (const key of pressed) child.write(key);
    },
    screen: text,
    isCursorHidden: () => bytes.lastIndexOf("\u001b[?25l") > bytes.lastIndexOf("\u001b[?25h"),
    async exit() {
      await until(() => ended !== undefined, "the end of the process");
      // What the process wrote last may still be on its way through the terminal.
      await new Promise((resolve) => setTimeout(resolve, 50));
      if (ended === undefined) throw new Error("unreachable: the process has ended");
      return ended;
    },
    // Closing the master side is what a terminal window does; the library has it, its types do not.
    hangUp: () => (child as unknown as { destroy(): void }).destroy(),
    close() {
      if (ended === undefined) child.kill("SIGKILL");
    },
  };
}
