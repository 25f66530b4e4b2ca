/**
 * Reads a password: from the terminal without showing it, twice, or the first line of what is piped in. Never from the
 * command line, which every user of the machine can see and shells write down.
 */
import { Buffer } from "node:buffer";
import process from "node:process";

/** Longer ones are no passwords; it bounds what a pipe may send. */
const CHARS_MAX = 1024;

/** @throws Error with a sentence for whoever typed it */
export async function readPassword(): Promise<string> {
  const password = process.stdin.isTTY ? await askTwice() : await readPiped();
  if (password === "") throw new Error("the password is empty");
  if (password.length > CHARS_MAX) throw new Error(`the password is longer than ${CHARS_MAX} characters`);
  if (/\p{Cc}/u.test(password)) throw new Error("the password has a control character, which no client can send");
  return password;
}

async function readPiped(): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array);
  const text = new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  return text.replace(/\r?\n$/, "");
}

async function askTwice(): Promise<string> {
  const [first, second] = await ask(["Password: ", "Again: "]);
  if (first === undefined || first !== second) throw new Error("the two are not the same");
  return first;
}

const ENTER = new Set(["\r", "\n", "\u0004"]);
const ERASE = new Set(["\u0008", "\u007f"]);
const INTERRUPT = "\u0003";

/** One answer a question. What is typed or pasted ahead counts for the next one. */
function ask(questions: readonly string[]): Promise<readonly string[]> {
  const { stdin, stderr } = process;
  const answers: string[] = [];
  let typed: string[] = [];
  stdin.setRawMode(true);
  stdin.setEncoding("utf8");
  stderr.write(questions[0] ?? "");
  return new Promise((resolve, reject) => {
    const end = () => {
      stdin.off("data", listen);
      stdin.setRawMode(false);
      stdin.pause();
    };
    const take = (character: string) => {
      if (character === INTERRUPT) {
        end();
        reject(new Error("interrupted"));
      } else if (ENTER.has(character)) {
        answers.push(typed.join(""));
        typed = [];
        stderr.write(`\n${questions[answers.length] ?? ""}`);
        if (answers.length < questions.length) return;
        end();
        resolve(answers);
      } else if (ERASE.has(character)) typed = typed.slice(0, -1);
      else if (typed.length <= CHARS_MAX) typed.push(character);
    };
    const listen = (chunk: string | Uint8Array) => {
      for (const character of String(chunk)) if (answers.length < questions.length) take(character);
    };
    stdin.on("data", listen);
    stdin.resume();
  });
}
