// Waits for something only until a signal. It goes on all the same.

/**
 * Resolves when `work` is over or `signal` has aborted, whichever comes first; rejects with what `work` does before. Leaves
 * nothing with a signal that lives on, which `Promise.race` would, each time.
 */
export function untilAborted(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = () => {
      signal.removeEventListener("abort", end);
      resolve();
    };
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", end, { once: true });
    work.then(end, (error: unknown) => {
      signal.removeEventListener("abort", end);
      reject(error);
    });
  });
}
