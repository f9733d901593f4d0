// External plugins: programs of their own that are handed each webhook as GitHub sent it, signature and all.
import type { PluginsConfig } from "../config/plugins-config.ts";
import type { Clock } from "../lib/clock.ts";
import type { Logger } from "../lib/logger.ts";
import type { RepoRef } from "../model/github.ts";
import type { Delivery } from "./delivery.ts";

const ATTEMPTS = 5;
const FIRST_PAUSE_MS = 100;
const TIMEOUT_MS = 60_000;

export interface ExternalDeps {
  plugins: () => PluginsConfig;
  clock: Pick<Clock, "sleep">;
  log: Logger;
}

/**
 * Sends the delivery to every external plugin of the repository (or org) that wants such events. As in Prow their
 * failures are logged and nothing more: one that is down must not hold a pull request's events up.
 */
export async function forward(deps: ExternalDeps, delivery: Delivery, repo: RepoRef): Promise<void> {
  const wanted = deps
    .plugins()
    .external(repo)
    .filter(({ events }) => !events?.length || events.includes(delivery.event));
  await Promise.all(
    wanted.map(async ({ name = "", endpoint }) => {
      const log = deps.log.child({ "external-plugin": name, "event-GUID": delivery.guid });
      try {
        await send(deps.clock, endpoint || `http://${name}`, delivery);
        log.info({}, "Dispatched event to external plugin");
      } catch (error) {
        log.error({ error }, "Error dispatching event to external plugin.");
      }
    }),
  );
}

/** Tries again only when no answer came. Rejects with an Error that says what the plugin answered. */
async function send(clock: ExternalDeps["clock"], endpoint: string, delivery: Delivery): Promise<void> {
  const { headers, body } = delivery;
  for (let attempt = 1; ; attempt++) {
    let response: Response;
    try {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const all = { ...headers, "user-agent": "ProwHook" };
      response = await fetch(endpoint, { method: "POST", headers: all, body, signal });
    } catch (error) {
      if (attempt >= ATTEMPTS) throw error;
      await clock.sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1));
      continue;
    }
    const text = await response.text();
    if (!response.ok)
      throw new Error(`response has status ${response.status} and body ${text.slice(0, 200)}`);
    return;
  }
}
