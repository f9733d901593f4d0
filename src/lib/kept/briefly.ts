// An answer that is good for a moment: whoever asks within it gets the same one.
import type { Clock } from "../clock.ts";

export interface Brief<T> {
  (): Promise<T>;
  /** The next one to ask gets a new answer. */
  forget(): void;
}

/** An answer is good for `ms` milliseconds from when it came, and nothing is asked twice at once. A failure is not kept. */
export function briefly<T>(ms: number, clock: Pick<Clock, "now">, ask: () => Promise<T>): Brief<T> {
  /** `since` it came; undefined while it is under way. */
  let kept: { answer: Promise<T>; since?: number } | undefined;
  const now = () => clock.now().getTime();
  // The clock may be set back.
  const isGood = (since: number) => since <= now() && now() < since + ms;
  const answer = () => {
    if (kept && (kept.since === undefined || isGood(kept.since))) return kept.answer;
    const asked: typeof kept = { answer: ask() };
    kept = asked;
    asked.answer.then(
      () => {
        asked.since = now();
      },
      () => {
        if (kept === asked) kept = undefined;
      },
    );
    return asked.answer;
  };
  const forget = () => {
    kept = undefined;
  };
  return Object.assign(answer, { forget });
}

/** The same for each key, and for as long as the process runs. */
export function brieflyEach<T>(
  ms: number,
  clock: Pick<Clock, "now">,
  ask: (key: string) => Promise<T>,
): (key: string) => Promise<T> {
  const all = new Map<string, Brief<T>>();
  return (key) => {
    const one = all.get(key) ?? briefly(ms, clock, () => ask(key));
    all.set(key, one);
    return one();
  };
}
