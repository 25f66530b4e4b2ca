/**
 * WebSocket clients under which scripts/measure/ceilings.mjs looks at a server: `node socket-load.mjs PORT CLIENTS MS MODE`.
 *
 * "echo": each client has one message of 64 bytes under way; "broadcast": clients only receive. It writes `begin`, and
 * after MS milliseconds `end N` with the messages received in between, so that the server's CPU time can be read at both.
 */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { openMany, openWebSocket } from "./clients.mjs";

const PAYLOAD_BYTES = 64;
/** RFC 6455, 5.2: two bytes before a short payload from the server; from a client four more of the mask. */
const RECEIVED_BYTES = 2 + PAYLOAD_BYTES;
/** Before the measured time, so that the engine has compiled what it runs. */
const WARM_UP_MS = 500;

const [port, clients, ms] = process.argv.slice(2, 5).map(Number);
const mode = process.argv[5];
const message = maskedText("x".repeat(PAYLOAD_BYTES));

const sockets = await openMany(clients, () => openWebSocket(port));
let bytes = 0;
for (const socket of sockets) {
  socket.setNoDelay();
  socket.removeAllListeners("data");
  let pending = 0;
  socket.on("data", (chunk) => {
    bytes += chunk.length;
    if (mode !== "echo") return;
    pending += chunk.length;
    if (pending < RECEIVED_BYTES) return;
    pending -= RECEIVED_BYTES;
    socket.write(message);
  });
  if (mode === "echo") socket.write(message);
}
await delay(WARM_UP_MS);
const before = bytes;
await say("begin");
await delay(ms);
await say(`end ${Math.floor((bytes - before) / RECEIVED_BYTES)}`);
process.exit(0);

/** A text frame as a client must send it. */
function maskedText(text) {
  const mask = randomBytes(4);
  const payload = Buffer.from(text).map((byte, index) => byte ^ mask[index % 4]);
  return Buffer.concat([Buffer.from([0x81, 0x80 | payload.length]), mask, payload]);
}

async function say(line) {
  if (!process.stdout.write(`${line}\n`)) await once(process.stdout, "drain");
}
