// One process of a guest: what it is sent, what it answers, and when it is ended because it no longer can.
import type { ChildProcess } from "node:child_process";
import { readFile } from "node:fs/promises";
import type { Clock } from "../lib/clock.ts";
import { inTime } from "../lib/waiting/in-time.ts";
import type { RepoRef } from "../model/github.ts";
import { GuestError } from "./error.ts";
import type { GuestDelivery } from "./port.ts";
import { type FromGuest, fromGuest, type Question, type ToGuest } from "./protocol.ts";
import { type UnderWay, underWay } from "./under-way.ts";

/** Figures, in milliseconds and megabytes. */
export interface Limits {
  /** Until it is loaded. */
  startMs: number;
  /** For one delivery. */
  deliveryMs: number;
  /** Without an answer, in which it does nothing else either. */
  silentMs: number;
  checkMs: number;
  memoryMb: number;
  heapMb: number;
}

export const LIMITS: Limits = {
  startMs: 30_000,
  deliveryMs: 60_000,
  silentMs: 10_000,
  checkMs: 1_000,
  memoryMb: 512,
  heapMb: 256,
};

/** Deliveries that took too long and may still hold something; with more of them it starts anew. */
const MOST_HANGING = 20;
/** What is under way when it is stopped may end for so long, and the process itself after that. */
const DRAIN_MS = 10_000;
const GRACE_MS = 1_000;

export interface ProcessDeps {
  child: ChildProcess;
  limits: Limits;
  clock: Clock;
  /** `repo` is what the guest may act on; undefined when it asks for nothing that it was told of. */
  answer(id: number, repo: RepoRef | undefined, ask: Ask): Promise<ToGuest>;
}

export interface Ask {
  question: Question;
  /** Where it wants to act, asking for no delivery. */
  repo?: RepoRef;
}

export interface GuestProcess {
  /** Why it ended. */
  ended: Promise<string>;
  /** Rejects with GuestError `absent` when it cannot be loaded. */
  deliver(delivery: GuestDelivery, scope: RepoRef): Promise<void>;
  /** Resolves when it is gone; what is under way may end before. */
  stop(reason: string): Promise<void>;
}

export function guestProcess({ child, limits, clock, answer }: ProcessDeps): GuestProcess {
  const readiness = Promise.withResolvers<void>();
  const end = Promise.withResolvers<string>();
  const over = new AbortController();
  const state: State = { isReady: false, unanswered: 0, hanging: 0 };
  const deliveries = underWay({ longestMs: limits.deliveryMs, clock }, () => {
    if (++state.hanging > MOST_HANGING) kill("too many deliveries hang in it");
  });
  readiness.promise.catch(() => {});

  const send = (message: ToGuest): void => {
    if (child.connected) child.send(message, () => {});
  };

  function kill(why: string): void {
    state.reason ??= why;
    child.kill("SIGKILL");
  }

  function hear(message: FromGuest | undefined): void {
    if (message?.kind === "pong") state.unanswered = 0;
    if (message?.kind === "ready") {
      state.isReady = true;
      readiness.resolve();
    }
    if (message?.kind === "unloadable") {
      readiness.reject(new GuestError("absent", message.message));
      kill("it cannot be loaded");
    }
    if (message?.kind === "done") deliveries.end(message.id, message.errors);
    if (message?.kind === "ask") {
      const { id, delivery, question, repo } = message;
      const scope = delivery === undefined ? undefined : deliveries.scopeOf(delivery);
      void answer(id, scope, { question, ...(repo && { repo }) }).then(send);
    }
  }

  function close(why: string): void {
    if (over.signal.aborted) return;
    over.abort();
    readiness.reject(new GuestError("absent", why));
    end.resolve(why);
    deliveries.lose(why);
  }

  child.on("message", (message) => hear(fromGuest(message)));
  child.once("error", (error) => close(`its process cannot be run: ${error.message}`));
  child.once("exit", (code, signal) =>
    close(state.reason ?? `its process ended with ${signal ?? `code ${code}`}`),
  );
  const ping = () => send({ kind: "ping" });
  void watch({ pid: child.pid, state, limits, clock, over: over.signal, kill, ping });

  return {
    ended: end.promise,
    async deliver(delivery, scope) {
      await readiness.promise;
      if (over.signal.aborted) throw new GuestError("absent", "it has ended");
      const { id, done } = deliveries.begin(scope);
      send({ kind: "deliver", id, ...delivery });
      await done;
    },
    stop: (why) => stop({ child, clock, state, over: over.signal, deliveries }, why),
  };
}

interface Stopped {
  child: ChildProcess;
  clock: Clock;
  state: State;
  over: AbortSignal;
  deliveries: UnderWay;
}

async function stop({ child, clock, state, over, deliveries }: Stopped, why: string): Promise<void> {
  state.reason ??= why;
  await inTime(deliveries.settled(), DRAIN_MS, clock);
  child.kill("SIGTERM");
  await clock.sleep(GRACE_MS, over);
  child.kill("SIGKILL");
}

interface State {
  isReady: boolean;
  /** Pings since the last answer to one. */
  unanswered: number;
  /** Deliveries that were given up and may still hold something. */
  hanging: number;
  /** Why it was ended, when it was. */
  reason?: string;
}

interface Watched {
  pid: number | undefined;
  state: State;
  limits: Limits;
  clock: Clock;
  over: AbortSignal;
  kill(why: string): void;
  ping(): void;
}

async function watch({ pid, state, limits, clock, over, kill, ping }: Watched): Promise<void> {
  const started = clock.now().getTime();
  while (!over.aborted) {
    await clock.sleep(limits.checkMs, over);
    if ((await megabytes(pid)) > limits.memoryMb) kill(`it took more than ${limits.memoryMb} MB of memory`);
    const age = clock.now().getTime() - started;
    if (!state.isReady && age > limits.startMs) kill(`it was not loaded within ${limits.startMs / 1000} s`);
    if (!state.isReady) continue;
    // Counted in checks, not in time: when we ourselves stood still the guest is not to blame.
    if (state.unanswered * limits.checkMs > limits.silentMs)
      kill("it did not answer: something in it does not end");
    state.unanswered++;
    ping();
  }
}

/** What the process holds in memory; 0 where the system does not tell. */
async function megabytes(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Number(/^VmRSS:\s*(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024;
}
