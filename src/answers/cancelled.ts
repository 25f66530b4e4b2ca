/** What a prompt gives instead of an answer when the person leaves: cancelling is a result, not an error. */
export const cancelled: unique symbol = Symbol("cancelled");
export type Cancelled = typeof cancelled;
