/** Conflict markers that git or a merge of ours has left in a text. */

/** The lines (from 1) on which a conflict begins that nobody has decided; none when the markers are no pair. */
export function leftoverMarkers(text: string): readonly number[] {
  const lines = text.split(/\r?\n/);
  if (!lines.some((line) => /^>{7}(?: |$)/.test(line))) return [];
  return lines.flatMap((line, index) => (/^<{7}(?: |$)/.test(line) ? [index + 1] : []));
}
