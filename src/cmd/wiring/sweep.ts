// How hook looks for what never came, by flags: in GitHub's logs of deliveries and on open pull requests.
import type { GitHub } from "../../github/port.ts";
import type { ResyncDeps } from "../../hook/run-resync.ts";
import type { SweepDeps } from "../../hook/run-sweep.ts";
import { milliseconds } from "../../lib/duration.ts";
import { duration, type FlagValues, parseFlags, string } from "../../lib/flags.ts";
import { type RepoRef, refOfScope } from "../../model/github.ts";
import type { Surroundings } from "../surroundings.ts";
import type { dryRunFlag } from "./flag-groups.ts";

export const sweepFlags = {
  "sweep-period": duration(
    "1m",
    "How often GitHub's log of deliveries is looked through for what never came; 0s is never.",
  ),
  "resync-period": duration(
    "15m",
    "How often open pull requests are compared with what webhooks told; 0s is never.",
  ),
  "webhook-url": string(
    "",
    "Where the webhooks of orgs and repositories lead, to sweep their logs too; an App's own needs no address.",
  ),
};

/** What `up` has, whose App is its own. */
export const UP_SWEEP = parseFlags(sweepFlags, []).values;

/** Nothing in a dry run: a redelivery is a write. */
export function sweepOf(
  { deliveryLogs: logs }: Pick<GitHub, "deliveryLogs">,
  flags: FlagValues<typeof sweepFlags & typeof dryRunFlag>,
  { config }: Pick<Surroundings, "config">,
): { sweep?: Pick<SweepDeps, "logs" | "hooks" | "periodMs"> } {
  const periodMs = milliseconds(flags["sweep-period"]);
  if (periodMs <= 0 || flags["dry-run"]) return {};
  const places = () => config.plugins().repos().map(refOfScope);
  const url = flags["webhook-url"];
  return { sweep: { logs, periodMs, ...(url && { hooks: { places, url } }) } };
}

/** Nothing in a dry run: what it finds would be handled in the end. */
export function resyncOf(
  { read, relay }: Pick<GitHub, "read" | "relay">,
  flags: FlagValues<typeof sweepFlags & typeof dryRunFlag>,
  repoEnabled: (repo: RepoRef) => boolean,
  { config }: Pick<Surroundings, "config">,
): { resync?: Pick<ResyncDeps, "read" | "relay" | "places" | "acts" | "periodMs"> } {
  const periodMs = milliseconds(flags["resync-period"]);
  if (periodMs <= 0 || flags["dry-run"]) return {};
  const isOurs = ({ org, repo }: RepoRef) => repo === "" || repoEnabled({ org, repo });
  const places = () => config.plugins().repos().map(refOfScope).filter(isOurs);
  const acts = (repo: RepoRef) => repoEnabled(repo) && config.plugins().enabled(repo).length > 0;
  return { resync: { read, relay, places, acts, periodMs } };
}
