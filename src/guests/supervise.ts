// Keeps one guest running: started when it is needed, anew when it ended, later each time that it does not help.
import type { GitHubRelay } from "../github/port.ts";
import type { Clock } from "../lib/clock.ts";
import { errorText } from "../lib/error-text.ts";
import type { Logger } from "../lib/logger.ts";
import { type BackOff, backOffMs } from "../lib/waiting/back-off.ts";
import { keyedLock } from "../lib/waiting/keyed-lock.ts";
import { type RepoRef, repoKey, repoName } from "../model/github.ts";
import { type Answering, answering } from "./answer.ts";
import { GuestError } from "./error.ts";
import { guestLog } from "./guest-log.ts";
import { type Ask, type GuestProcess, guestProcess, type Limits } from "./guest-process.ts";
import { launch } from "./launch.ts";
import type { Guest, GuestDelivery } from "./port.ts";
import type { ToGuest } from "./protocol.ts";
import { resolveApp } from "./resolve.ts";

export interface GuestDeps {
  relay: GitHubRelay;
  /** Address of GitHub's API. */
  endpoint: string;
  /** Directory of plugins.yaml. */
  directory: string;
  env: Readonly<Record<string, string | undefined>>;
  /** Whether plugins.yaml lets the guest act on the repository. */
  mayAct(guest: Guest, repo: RepoRef): boolean;
  dryRun: boolean;
  clock: Clock;
  log: Logger;
  limits: Limits;
  backOff: BackOff;
}

export interface Supervised {
  receive(delivery: GuestDelivery, scope: RepoRef): Promise<void>;
  stop(): Promise<void>;
}

/** After so many ends or delays with one delivery, that delivery is to blame. */
const STRIKES = 3;

export function supervise(guest: Guest, deps: GuestDeps): Supervised {
  const { clock, limits, backOff } = deps;
  const log = deps.log.child({ plugin: guest.name });
  const ask = answering({ ...deps, log });
  const strikes = new Map<string, number>();
  const alone = keyedLock();
  let current: GuestProcess | undefined;
  let failures = 0;
  let notBefore = 0;

  function start(): GuestProcess {
    const now = clock.now().getTime();
    if (now < notBefore) throw new GuestError("absent", "it is about to be started again");
    const child = launch({
      app: resolveApp(guest.probot, deps.directory),
      env: envOf(guest, deps),
      endpoint: deps.endpoint,
      heapMb: limits.heapMb,
    });
    const listen = guestLog(log, clock);
    listen(child.stdout!, "info");
    listen(child.stderr!, "warn");
    const running = guestProcess({
      child,
      limits,
      clock,
      answer: (id, scope, asked) => answerIn(guest, deps, ask, { id, scope, asked }),
    });
    void running.ended.then((why) => {
      if (current !== running) return;
      current = undefined;
      notBefore = clock.now().getTime() + backOffMs(backOff, ++failures);
      log.error(
        { why, restarts: failures },
        "The Probot app has ended; it is started anew for what comes next.",
      );
    });
    log.info({ probot: guest.probot, pid: child.pid }, "Starting the Probot app.");
    return running;
  }

  async function deliver(delivery: GuestDelivery, scope: RepoRef): Promise<void> {
    try {
      current ??= start();
      await current.deliver(delivery, scope);
      failures = 0;
    } catch (error) {
      throw error instanceof GuestError || error instanceof AggregateError
        ? error
        : new GuestError("absent", errorText(error));
    }
  }

  return {
    // Those that were there when it ended take turns, so that only one of them can be to blame the next time.
    receive(delivery, scope) {
      // No signature covers the GUID: who has another repository's secret may use it as well.
      const suspect = `${delivery.guid} ${repoKey(scope)}`;
      const attempt = () => counted(strikes, suspect, () => deliver(delivery, scope));
      return strikes.has(suspect) ? alone("suspects", attempt) : attempt();
    },
    async stop() {
      const running = current;
      current = undefined;
      await running?.stop("hook stops");
    },
  };
}

/** Counts what the deliveries do to the guest. */
async function counted(
  strikes: Map<string, number>,
  suspect: string,
  deliver: () => Promise<void>,
): Promise<void> {
  try {
    await deliver();
    strikes.delete(suspect);
  } catch (error) {
    if (!(error instanceof GuestError) || error.failure === "absent") throw error;
    const struck = (strikes.get(suspect) ?? 0) + 1;
    strikes.set(suspect, struck);
    if (struck < STRIKES) throw error;
    strikes.delete(suspect);
    throw new GuestError("hopeless", `${error.message}, for the third time with this delivery`);
  }
}

/** Nothing of ours but what every program needs, and what plugins.yaml lets it have. */
function envOf({ env = [] }: Guest, deps: GuestDeps): Record<string, string> {
  const names = ["PATH", "LANG", "TZ", "NODE_EXTRA_CA_CERTS", "NODE_ENV", ...env];
  const entries = names.map((name) => [name, deps.env[name]] as const);
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

async function answerIn(
  guest: Guest,
  { mayAct }: GuestDeps,
  ask: Answering,
  { id, scope, asked }: { id: number; scope: RepoRef | undefined; asked: Ask },
): Promise<ToGuest> {
  const where = scope ?? (asked.repo && mayAct(guest, asked.repo) ? asked.repo : undefined);
  return ask(id, where ?? nowhere(guest, asked), asked.question);
}

function nowhere({ name }: Guest, { repo }: Ask): string {
  const wanted = repo ? repoName(repo) : "anything but a repository";
  return `outside of an event ${name} may act on repositories that plugins.yaml has it for, not on ${wanted}`;
}
