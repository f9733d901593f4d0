// Which cron periodics are due. A tick is told once: whether it is used or lost is the caller's affair.
import type { Periodic } from "../config/job.ts";
import { type Cron, parseCron } from "../lib/cron.ts";

interface Entry {
  expression: string;
  cron: Cron;
  next: Date | undefined;
}

export class CronTicks {
  readonly #entries = new Map<string, Entry>();

  /** While another process starts jobs: ticks until `until` are its affair, those after it may yet become ours. */
  pass(periodics: readonly Periodic[], now: Date, until: Date): void {
    this.#forgetAllBut(periodics);
    for (const { name, cron } of periodics) {
      if (!cron) continue;
      try {
        const entry = this.#entries.get(name);
        if (entry?.expression !== cron) this.#tick(name, cron, now);
        else if (entry.next && entry.next <= until) entry.next = entry.cron.next(until);
      } catch {
        // Told by who starts the jobs.
      }
    }
  }

  /**
   * The tick that is due for each job, by its name; several missed ones are one. A job seen for the first time (or with
   * another expression) waits for its first tick; `@every` is due at once. `onError`: the expression is no good.
   */
  due(
    periodics: readonly Periodic[],
    now: Date,
    onError: (job: string, error: unknown) => void,
  ): Map<string, Date> {
    const due = new Map<string, Date>();
    this.#forgetAllBut(periodics);
    for (const { name, cron } of periodics) {
      if (!cron) this.#entries.delete(name);
      else {
        try {
          const tick = this.#tick(name, cron, now);
          if (tick) due.set(name, tick);
        } catch (error) {
          onError(name, error);
        }
      }
    }
    return due;
  }

  /** The run that it was used for could not be created: it is due again. */
  giveBack(job: string, tick: Date): void {
    const entry = this.#entries.get(job);
    if (entry && !entry.expression.startsWith("@every")) entry.next = tick;
  }

  #forgetAllBut(periodics: readonly Periodic[]): void {
    const names = new Set(periodics.map(({ name }) => name));
    for (const name of this.#entries.keys()) if (!names.has(name)) this.#entries.delete(name);
  }

  #tick(name: string, expression: string, now: Date): Date | undefined {
    const known = this.#entries.get(name);
    if (known?.expression !== expression) {
      const cron = parseCron(expression);
      this.#entries.set(name, { expression, cron, next: cron.next(now) });
      return expression.startsWith("@every") ? now : undefined;
    }
    if (!known.next || known.next > now) return undefined;
    const tick = known.next;
    known.next = known.cron.next(now);
    return tick;
  }
}
