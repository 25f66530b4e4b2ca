/** Columns of text: the first one begins where it begins, the others end where they end. */

/** Rows of cells; the first row is the head. */
export function tableText(rows: readonly (readonly string[])[], indent = "  "): string {
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => [...(row[column] ?? "")].length)),
  );
  return rows
    .map((row) => {
      const cells = row.map((cell, column) =>
        column === 0 ? padEnd(cell, widths[0]) : padStart(cell, widths[column]),
      );
      return `${indent}${cells.join("   ")}`.trimEnd();
    })
    .join("\n");
}

// Counted in characters: "±" and "µ" are one column and two bytes or more.
function padEnd(text: string, columns = 0): string {
  return text + " ".repeat(Math.max(0, columns - [...text].length));
}

function padStart(text: string, columns = 0): string {
  return " ".repeat(Math.max(0, columns - [...text].length)) + text;
}

/** Three digits, as far as they are known: 1234, 12.3, 1.23. */
export function digits(value: number): string {
  if (value >= 100) return Math.round(value).toString();
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

export function mib(bytes: number): string {
  return `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
}

export function kibText(bytes: number): string {
  return bytes < 1024 ? `${bytes} B` : `${bytes / 1024} KiB`;
}
