// A limit to how long something may take, in place of AbortSignal.timeout: that one goes on, and keeps what it was begun
// for in memory, until its time has come, however early the work was done.

/** `act` is told by its signal when so many milliseconds are over; what it comes to then is its own. */
export async function timeLimit<T>(ms: number, act: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const over = new AbortController();
  const timer = setTimeout(
    () => over.abort(new DOMException(`no answer within ${ms} ms`, "TimeoutError")),
    ms,
  );
  try {
    return await act(over.signal);
  } finally {
    clearTimeout(timer);
  }
}
