/** Colours of the page's style sheet, and dashes and marks besides, so that no line is told by its colour alone. */

const DASHES = [[], [10, 5], [3, 4], [12, 4, 3, 4], [18, 6], [6, 3, 2, 3, 2, 3], [1, 5]];

export function themeOf() {
  const style = getComputedStyle(document.documentElement);
  const read = (name) => style.getPropertyValue(name).trim();
  return {
    text: read("--text"),
    faint: read("--faint"),
    grid: read("--grid"),
    back: read("--back"),
    font: `12px ${style.fontFamily}`,
    lines: Array.from({ length: 7 }, (_, place) => read(`--line-${place + 1}`)),
  };
}

export function strokeOf(theme, place) {
  return theme.lines[place % theme.lines.length];
}

export function dashOf(place) {
  return DASHES[place % DASHES.length];
}
