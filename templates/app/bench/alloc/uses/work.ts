/** What server and load of the uses agree on. */

/** Short-lived memory of one request: as much as half of the default arena. */
export const PIECES = { count: 8, bytes: 512 } as const;

/** Messages that one message is answered with, in the same turn of the event loop. */
export const REPLIES = 16;
export const REPLY = '{"kind":"tick","symbol":"ABC","price":101}';
/** A server's frame below 126 bytes has a head of two. */
export const REPLY_BYTES_ALL: number = REPLIES * (REPLY.length + 2);
