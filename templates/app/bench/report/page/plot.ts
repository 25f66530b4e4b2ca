/** A plot as data: what the page's script draws, and what the table beside it says. Built here, so that a test can read it. */

export interface Axis {
  readonly label: string;
  /** Empty: a plain number. */
  readonly unit: string;
  /** "nines": 1/(1 - share) on a logarithmic axis, with the shares as its ticks. */
  readonly scale: "linear" | "log" | "nines";
  /** Whether a linear axis begins at 0. */
  readonly from_zero?: boolean;
  /** Ticks at whole numbers only. */
  readonly whole?: boolean;
}

export interface Point {
  readonly x: number;
  readonly y: number;
  /** Intervals, drawn as bars through the point. */
  readonly x_range?: readonly [number, number];
  readonly y_range?: readonly [number, number];
}

export interface Line {
  readonly label: string;
  readonly points: readonly Point[];
  /** "line": no marks; "marks": a mark at each point, joined; "dots": marks with their label and nothing between. */
  readonly style: "line" | "marks" | "dots" | "ideal";
}

export interface Plot {
  /** Unique on the page: an anchor. */
  readonly id: string;
  readonly title: string;
  /** How to read it, in a sentence. */
  readonly caption: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly lines: readonly Line[];
  readonly table: PlotTable;
}

export interface PlotTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** An id's characters in an anchor: "http/json" as "http-json". */
export function anchorOf(id: string): string {
  return id.replace(/[^A-Za-z0-9]+/g, "-");
}
