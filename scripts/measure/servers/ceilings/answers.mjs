/** What all servers of scripts/measure/ceilings.mjs answer, so that only the runtime differs. */

export const BODY = "Hello, World!";

/** As many and as long as a small JSON service sets. */
export const fourHeaders = {
  "content-type": "text/plain;charset=utf-8",
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
};

/** One message of 64 bytes to everybody, again and again, so that the server never waits for one to be asked for. */
export function broadcastTimer(publish) {
  const message = "x".repeat(64);
  const round = () => {
    // A handful at a time: more would be queued before the sockets take any.
    for (let count = 0; count < 16; count += 1) publish(message);
    setTimeout(round, 1);
  };
  round();
}
