/** A request that waits longer than this has failed: five orders of magnitude above a normal answer. */
export const ANSWER_MS_MAX = 5000;
