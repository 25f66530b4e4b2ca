/** What server and load of the uses agree on. */

/** Short-lived memory of one request: as much as half of the default arena. */
export const PIECES = { count: 8, bytes: 512 } as const;

/** Messages that one message is answered with, in the same turn of the event loop. */
export const REPLIES = 16;
export const REPLY = '{"kind":"tick","symbol":"ABC","price":101}';
/** A server's frame below 126 bytes has a head of two. */
export const REPLY_FRAME_BYTES: number = REPLY.length + 2;

/** Where a socket gets so many replies to each message. */
export function framesPath(replies: number): string {
  return `/frames/${replies}`;
}
