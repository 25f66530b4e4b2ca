/** Raw-socket clients: they cost the measured machine as little as possible and never retry. */
import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import { connect as connectTls } from "node:tls";

const GET = "GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n";

export function upgradeHead() {
  const key = randomBytes(16).toString("base64");
  return `GET /ws HTTP/1.1\r\nhost: 127.0.0.1\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-key: ${key}\r\n\r\n`;
}

/** An answer on loopback takes milliseconds; a server that starts on a loaded machine gets this. */
const ANSWER_MS_MAX = 10_000;

/** Opens one connection, sends `head` and resolves with the socket once `expected` came back. */
function open(port, head, expected, tls) {
  return new Promise((resolve, reject) => {
    const options = { port, host: "127.0.0.1", rejectUnauthorized: false };
    const socket = tls ? connectTls(options) : connect(options);
    let text = "";
    const fail = (reason) => {
      clearTimeout(deadline);
      socket.destroy();
      reject(new Error(`port ${port} ${reason}; it said ${JSON.stringify(text)}`));
    };
    const deadline = setTimeout(() => fail(`did not answer within ${ANSWER_MS_MAX} ms`), ANSWER_MS_MAX);
    socket.once(tls ? "secureConnect" : "connect", () => socket.write(head));
    const onError = (error) => fail(`failed: ${error.message}`);
    const onClose = () => fail("closed the connection before it answered");
    socket.on("error", onError);
    socket.once("close", onClose);
    socket.on("data", (chunk) => {
      text += chunk;
      if (!text.includes(expected)) return;
      clearTimeout(deadline);
      resolve(socket);
    });
  });
}

export function openHttp(port, tls) {
  return open(port, GET, '{"hello":"world"}', tls);
}

/** For a server whose answer is not known: any response counts. */
export function openAny(port) {
  return open(port, GET, "HTTP/1.1 200", false);
}

export function openWebSocket(port, tls) {
  return open(port, upgradeHead(), "101 Switching", tls);
}

/** Opens `count` connections, 50 at a time, with `openOne`. */
export async function openMany(count, openOne) {
  const sockets = [];
  while (sockets.length < count) {
    const batch = Math.min(50, count - sockets.length);
    sockets.push(...(await Promise.all(Array.from({ length: batch }, openOne))));
  }
  return sockets;
}

/** `requests` GETs over `connections` keep-alive connections, one at a time each. */
export async function load(port, connections, requests) {
  await Promise.all(Array.from({ length: connections }, () => repeat(port, Math.ceil(requests / connections))));
}

function repeat(port, requests) {
  return new Promise((resolve, reject) => {
    let left = requests;
    const socket = connect({ port, host: "127.0.0.1" }, () => socket.write(GET));
    socket.on("error", reject);
    socket.on("data", (chunk) => {
      // One small response per request: it arrives in one piece on loopback.
      if (!chunk.includes("HTTP/1.1")) return;
      left -= 1;
      if (left > 0) socket.write(GET);
      else socket.end(resolve);
    });
  });
}
