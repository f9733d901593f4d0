// Plays steps one by one and prints each in plain words, with its page and how long it took.
import { styleText } from "node:util";
import type { Clock } from "../../lib/clock.ts";

const PATIENCE_MS = 60_000;
const LOOK_EVERY_MS = 60;

interface Tools {
  clock: Clock;
  signal: AbortSignal;
  out(line: string): void;
  /** Told the number of steps that came out so far. */
  progress(played: number): Promise<void>;
}

/** One look at the world: what is waited for, whether it is there, and what is there instead. */
export interface Look {
  wanted: string;
  there: boolean;
  seen: string;
}

/** A step that did not come out ends the demo: those after it stand on it. */
export class DemoStopped extends Error {
  override name = "DemoStopped";
}

export function stepper({ clock, signal, out, progress }: Tools) {
  const started = clock.now().getTime();
  let count = 0;
  const seconds = (from: number) => `${((clock.now().getTime() - from) / 1000).toFixed(1)} s`;

  return {
    /** Resolves once what is looked for is there; throws after a minute. */
    async until(look: () => Promise<Look>): Promise<void> {
      const deadline = clock.now().getTime() + PATIENCE_MS;
      for (;;) {
        const { wanted, there, seen } = await look();
        if (there) return;
        if (signal.aborted) throw new DemoStopped("interrupted");
        if (clock.now().getTime() > deadline) throw new Error(`waited a minute for ${wanted}; saw ${seen}`);
        await clock.sleep(LOOK_EVERY_MS, signal);
      }
    },
    async step<T extends { html_url: string }>(title: string, act: () => Promise<T>): Promise<T> {
      const from = clock.now().getTime();
      count++;
      try {
        const result = await act();
        out(`${styleText("green", "✓")} ${String(count).padStart(2)}. ${title}`);
        out(`      ${styleText("dim", `${seconds(from).padStart(6)}  ${result.html_url}`)}`);
        await progress(count);
        return result;
      } catch (error) {
        if (signal.aborted) throw new DemoStopped("interrupted");
        out(`${styleText("red", "✗")} ${String(count).padStart(2)}. ${title}`);
        out(`      ${seconds(from)}  ${(error as Error).message}`);
        throw new DemoStopped(`step ${count} did not come out`);
      }
    },
    summary(): void {
      out(`${count} steps in ${seconds(started)}`);
    },
  };
}
