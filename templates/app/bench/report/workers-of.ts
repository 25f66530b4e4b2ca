/** The number of workers that a case of bench "scale" is for, which its id ends in. */

const SCALE_CASE = /^scale\/workers-(\d+)$/;

/** undefined: it is another bench's case. */
export function workersOf(caseId: string): number | undefined {
  const count = SCALE_CASE.exec(caseId)?.[1];
  return count === undefined ? undefined : Number(count);
}
