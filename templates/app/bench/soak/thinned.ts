/**
 * A series of bounded length: when it is full, every second row goes, and from then on every second one is kept, then
 * every fourth, and so on. What remains is spread evenly over the whole time, however long that becomes. Rows of different
 * kinds that come in turn need a series each: the ones that go are always the same.
 */
export class Thinned<Row> {
  readonly #rowsMax: number;
  #rows: Row[] = [];
  #keepEvery = 1;
  #added = 0;

  constructor(rowsMax: number) {
    if (!Number.isInteger(rowsMax) || rowsMax < 2) throw new RangeError(`${rowsMax} rows cannot be halved`);
    this.#rowsMax = rowsMax;
  }

  add(row: Row): void {
    if (this.#added % this.#keepEvery === 0) this.#rows.push(row);
    this.#added += 1;
    if (this.#rows.length <= this.#rowsMax) return;
    this.#rows = this.#rows.filter((_, index) => index % 2 === 0);
    this.#keepEvery *= 2;
  }

  get rows(): readonly Row[] {
    return this.#rows;
  }
}
