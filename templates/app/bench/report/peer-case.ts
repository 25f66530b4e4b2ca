/** Which cases of bench "compare" are another server's: their ids end in its name. */

/** What this server is called in the ids of bench "compare". */
export const OWN_SERVER = "fastserve";

const COMPARE_CASE = /^compare\/.*\/([^/]+)$/;

export function isPeerCase(caseId: string): boolean {
  const server = COMPARE_CASE.exec(caseId)?.[1];
  return server !== undefined && server !== OWN_SERVER;
}
