// Prow's --github-hourly-tokens, --github-allowed-burst and --github-throttle-org: what one process may spend by its operator's will.
import type { Clock } from "../../lib/clock.ts";

export interface Rate {
  hourly: number;
  burst: number;
}

export interface Rates {
  all?: Rate | undefined;
  /** By lower-case name of the org. */
  orgs: ReadonlyMap<string, Rate>;
}

export interface Throttle {
  /** Waits for a token, however long. Returns what gives it back: an answer that cost nothing. */
  pass(org: string): Promise<() => void>;
}

const HOUR_MS = 3_600_000;

export function throttle(clock: Clock, { all, orgs }: Rates): Throttle {
  const whole = all && bucket(clock, all);
  const own = new Map([...orgs].map(([org, rate]) => [org, bucket(clock, rate)]));
  return {
    async pass(org) {
      const tokens = own.get(org.toLowerCase()) ?? whole;
      if (!tokens) return () => {};
      await tokens.take();
      return tokens.giveBack;
    },
  };
}

function bucket(clock: Clock, { hourly, burst }: Rate) {
  const periodMs = HOUR_MS / hourly;
  let tokens = burst;
  // What may be spent at once is not granted a second time within the first hour.
  let refill = clock.now().getTime() + (burst + 1) * periodMs;
  let line: Promise<unknown> = Promise.resolve();
  let givenBack = new AbortController();

  function fill(): void {
    const now = clock.now().getTime();
    if (now < refill) return;
    const periods = 1 + Math.floor((now - refill) / periodMs);
    tokens = Math.min(burst, tokens + periods);
    refill += periods * periodMs;
  }

  async function take(): Promise<void> {
    for (fill(); tokens < 1; fill()) {
      givenBack = new AbortController();
      await clock.sleep(Math.max(1, refill - clock.now().getTime()), givenBack.signal);
    }
    tokens -= 1;
  }

  return {
    take(): Promise<void> {
      const turn = line.then(take);
      line = turn.catch(() => {});
      return turn;
    },
    giveBack: (): void => {
      tokens = Math.min(burst, tokens + 1);
      givenBack.abort();
    },
  };
}
