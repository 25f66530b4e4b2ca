/** What the servers of scripts/measure/allocators.mjs answer: the same on both runtimes, with nothing around it. */

const REPLY_BYTES = 64 * 1024;
const STRING_UNITS = 4096;
const filler = "abcdefghijklmnopqrstuvwxyz0123456789 ".repeat(Math.ceil(STRING_UNITS / 37));
let served = 0;

/** `request` -> response, by the workload's path. */
export async function answer(request) {
  const path = new URL(request.url).pathname;
  if (path === "/json") {
    const order = await request.json();
    const total = order.items.reduce((sum, item) => sum + item.price * item.count, 0);
    return Response.json({ id: order.id, count: order.items.length, total });
  }
  if (path === "/bodies") {
    const body = new Uint8Array(await request.arrayBuffer());
    // A copy, because the answer is the server's own and not a part of what came in.
    const reply = new Uint8Array(REPLY_BYTES);
    reply.set(body.subarray(0, REPLY_BYTES));
    return new Response(reply);
  }
  if (path === "/strings") {
    served += 1;
    return new Response(`${served} ${filler}`.slice(0, STRING_UNITS));
  }
  return new Response("not found", { status: 404 });
}
