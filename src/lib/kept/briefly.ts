// An answer that is good for a moment: whoever asks within it gets the same one.
import type { Clock } from "../clock.ts";

export interface Brief<T> {
  (): Promise<T>;
  /** The next one to ask gets a new answer. */
  forget(): void;
}

/** An answer is good for `ms` milliseconds from when it came, and nothing is asked twice at once. A failure is not kept. */
export function briefly<T>(ms: number, clock: Pick<Clock, "now">, ask: () => Promise<T>): Brief<T> {
  let kept: { answer: Promise<T>; until: number } | undefined;
  const now = () => clock.now().getTime();
  const answer = () => {
    if (kept && now() < kept.until) return kept.answer;
    const asked = { answer: ask(), until: Number.POSITIVE_INFINITY };
    kept = asked;
    asked.answer.then(
      () => (asked.until = now() + ms),
      () => (asked.until = Number.NEGATIVE_INFINITY),
    );
    return asked.answer;
  };
  const forget = () => {
    kept = undefined;
  };
  return Object.assign(answer, { forget });
}
