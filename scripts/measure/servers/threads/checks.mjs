/** What the runtime does and does not: prints JSON of sentences' names to true or false. */
import process from "node:process";

const shared = new Uint8Array(new SharedArrayBuffer(4)).fill(65);

const checks = {
  "a Response of a view of shared memory": async () => (await new Response(shared).text()) === "AAAA",
  "process.execve": () => typeof process.execve === "function",
  "TextEncoder.encodeInto shared memory": () => new TextEncoder().encodeInto("B", shared).written === 1,
  "TextDecoder.decode of shared memory": () => new TextDecoder().decode(shared).length === 4,
};

const results = {};
for (const [name, check] of Object.entries(checks)) {
  try {
    results[name] = await check();
  } catch {
    // Refusing is one of the two answers.
    results[name] = false;
  }
}
console.log(JSON.stringify(results));
