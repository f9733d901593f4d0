// An answer that is good for a moment: whoever asks within it gets the same one.
import type { Clock } from "./clock.ts";

/** Asks once in `ms` milliseconds at most. A failure is not kept. */
export function briefly<T>(ms: number, clock: Pick<Clock, "now">, ask: () => Promise<T>): () => Promise<T> {
  let kept: { answer: Promise<T>; until: number } | undefined;
  return () => {
    const now = clock.now().getTime();
    if (kept && now < kept.until) return kept.answer;
    const answer = ask();
    kept = { answer, until: now + ms };
    answer.catch(() => {
      if (kept?.answer === answer) kept = undefined;
    });
    return answer;
  };
}
