/** Clients that open a connection for each request, as no browser does and many scripts do, and count what they get. */
import { connect } from "node:net";

const REQUEST = "GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n";

/** One request on a connection of its own: { outcome: "answered", body } or { outcome: "reset" | "refused" | "empty" }. */
export function ask(port, request = REQUEST) {
  return new Promise((resolve) => {
    let text = "";
    const socket = connect({ port, host: "127.0.0.1" }, () => socket.write(request));
    socket.on("data", (chunk) => {
      text += chunk;
    });
    socket.once("error", ({ code }) => resolve({ outcome: code === "ECONNREFUSED" ? "refused" : "reset" }));
    socket.once("close", () => {
      const [head, body] = text.split("\r\n\r\n");
      resolve(head.startsWith("HTTP/1.1 200") ? { outcome: "answered", body: bodyOf(body) } : { outcome: "empty" });
    });
  });
}

/** Deno sends the few bytes of the measured servers with a length, node:http in one chunk. */
function bodyOf(text = "") {
  return /^[0-9a-f]+\r\n([^\r]*)\r\n/.exec(text)?.[1] ?? text;
}

/** `clients` loops until `isOver()`; counts outcomes. */
export async function askUntil(port, clients, isOver) {
  const counts = { answered: 0, reset: 0, refused: 0, empty: 0 };
  const loop = async () => {
    while (!isOver()) counts[(await ask(port)).outcome] += 1;
  };
  await Promise.all(Array.from({ length: clients }, loop));
  return counts;
}
