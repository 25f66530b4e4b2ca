export function spread(numbers: readonly number[]): {
  readonly median: number;
  readonly min: number;
  readonly max: number;
};
