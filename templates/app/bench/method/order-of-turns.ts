/**
 * In which order the cases of a round take their turns: two rounds after each other are mirror images (A B C, C B A), so
 * that a steady drift of the machine falls on both halves of a pair alike; each such pair of rounds begins one case later,
 * so that nobody is always the first, which finds the machine as others left it. Six rounds of three cases are all six
 * orders that there are.
 */
export function turnsOf<Item>(items: readonly Item[], round: number): readonly Item[] {
  const start = items.length === 0 ? 0 : Math.floor(round / 2) % items.length;
  const turned = [...items.slice(start), ...items.slice(0, start)];
  return round % 2 === 0 ? turned : turned.reverse();
}
