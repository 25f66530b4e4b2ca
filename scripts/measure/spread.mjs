/** How several rounds become one figure: their median, and the range that they span. */

/** @param {readonly number[]} numbers one at least */
export function spread(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return { median: rounded(median(sorted)), min: rounded(sorted[0]), max: rounded(sorted.at(-1)) };
}

/** @param {readonly number[]} sorted from the smallest to the largest */
function median(sorted) {
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** More digits than the spread of any measurement here would bear. */
function rounded(value) {
  return value >= 1000 ? Math.round(value) : Number(value.toFixed(3));
}
