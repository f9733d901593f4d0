// cutwater needs-rebase: the external plugin that labels pull requests which conflict with their base.
import type { Apply } from "../effects/apply.ts";
import type { GitHubRead } from "../github/port.ts";
import { because, within } from "../lib/cause.ts";
import { milliseconds } from "../lib/duration.ts";
import { duration, int } from "../lib/flags.ts";
import { rebaseEffects } from "../plugins/needs-rebase/decide.ts";
import { needsRebasePlugin } from "../plugins/needs-rebase/handle.ts";
import { needsRebaseScopes, scan, scanSearches } from "../plugins/needs-rebase/scan.ts";
import { component } from "./component.ts";
import type { Surroundings } from "./surroundings.ts";
import { githubFrom } from "./wiring/connect.ts";
import { externalPluginFlags, logLevelFlag, startExternalPlugin } from "./wiring/external-plugin.ts";
import { applyWith } from "./wiring/ports.ts";
import { prowNeedsRebaseFlags } from "./wiring/prow-flags.ts";

export const needsRebase = component({
  name: "needs-rebase",
  plugins: true,
  withoutConfig: true,
  flags: {
    ...externalPluginFlags,
    ...logLevelFlag,
    ...prowNeedsRebaseFlags,
    "update-period": duration("24h0m0s", "How often all open pull requests are looked at."),
    "cache-valid-time": int(
      0,
      "Seconds within which a comment causes no second look at its pull request; 0: each causes one.",
    ),
  },
  async start(flags, around) {
    const { read, ...github } = await githubFrom(flags, { ...around, name: "needs-rebase" });
    const apply = applyWith(flags["dry-run"], { github: { read, ...github } }, around);
    const plugin = needsRebasePlugin({ cacheValidMs: flags["cache-valid-time"] * 1000 });
    const { done, ready } = await startExternalPlugin({ plugin, read, apply }, flags, around);
    const { config, log } = around;
    const scopes = () => {
      const found = needsRebaseScopes(config.plugins());
      if (found.length === 0) log.warn({}, "No repos have been configured for the needs-rebase plugin");
      return found;
    };
    const periodMs = milliseconds(flags["update-period"]);
    const scans = scanRepeatedly(
      { read, apply, byOrg: Boolean(flags["github-app-id"]), periodMs, scopes },
      around,
    );
    return { ready, done: Promise.all([done, scans]) };
  },
});

export interface Scans {
  /** What to look at: orgs, and repositories with their org. */
  scopes(): readonly string[];
  read: GitHubRead;
  apply: Apply;
  /** An App has a token for each org. */
  byOrg: boolean;
  periodMs: number;
}

/** At once, and then each period. A round that fails is logged; the next one comes. */
export async function scanRepeatedly(scans: Scans, around: Surroundings): Promise<void> {
  const { host, log, signal } = around;
  while (!signal.aborted) {
    try {
      await within({ caller: { name: "scan", scan: true } }, () => scanOnce(scans, around));
    } catch (error) {
      log.error({ error }, "Error during periodic update of all PRs.");
    }
    await host.clock.sleep(scans.periodMs, signal);
  }
}

async function scanOnce(
  { read, apply, byOrg, ...scans }: Scans,
  { host, log, signal }: Surroundings,
): Promise<void> {
  const scopes = scans.scopes();
  if (scopes.length === 0) return;
  const pulls = await scan(scanSearches(scopes, host.clock.now(), byOrg), { read, log });
  for (const pull of pulls) {
    if (signal.aborted) return;
    try {
      const effects = await rebaseEffects(pull, read);
      const why = {
        component: "needs-rebase",
        because: ["All open pull requests are looked at now and then."],
      };
      await because(why, () => apply(effects));
    } catch (error) {
      log.error({ error, ...pull.issue }, "Error handling PR.");
    }
  }
  log.info({ pulls: pulls.length }, "Periodic update complete.");
}
