/** Lines in groups that a plot can show. */

/** More lines than this are a tangle: they become several plots. */
export const LINES_MAX = 7;

export function chunked<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  const chunks = Math.ceil(items.length / LINES_MAX);
  return Array.from({ length: chunks }, (_, place) => items.slice(place * LINES_MAX, (place + 1) * LINES_MAX));
}

/** An anchor for each group: "plot-http", "plot-http-2". */
export function chunkKey(key: string, place: number): string {
  return place === 0 ? key : `${key}-${place + 1}`;
}
