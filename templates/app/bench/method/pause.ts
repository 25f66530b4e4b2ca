/** Resolves after this time, or at once when interrupted. */
export function pause(seconds: number, interrupt: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (interrupt.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      interrupt.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, seconds * 1000);
    interrupt.addEventListener("abort", end);
  });
}
