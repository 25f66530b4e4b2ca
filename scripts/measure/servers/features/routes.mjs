/** The one route that all servers of this measurement answer: `GET /user/:id` with a small JSON object. */

export const PATH = "/user/42";

export function user(id) {
  return { id, name: "Ada", role: "engineer", active: true };
}

/** Says where the server listens; the measuring program waits for this line. Standard output is the log's. */
export function ready(port) {
  console.error(`port ${port}`);
}
