// Prow's flags that have no effect here, and those that ask for what is not here: as data, told once at the start.
import {
  bool,
  duration,
  type Flag,
  type FlagTable,
  type FlagValues,
  int,
  string,
  UsageError,
} from "../../lib/flags.ts";
import { inRepoFlags, pluginSupplementFlags } from "./flag-groups.ts";
import { githubRateFlags } from "./github-rates.ts";

/** Accepted, so that Prow's manifests work as they are; `ignored` says why nothing follows from it. */
interface IgnoredFlag<T> extends Flag<T> {
  readonly ignored: string;
}

/** Accepted until its value asks for the thing that `absent` names. */
interface AbsentFlag<T> extends Flag<T> {
  readonly absent: string;
  asks(value: T): boolean;
}

type Kind<T> = (initial: T, doc: string) => Flag<T>;

export const ignored = <T>(kind: Kind<T>, initial: T, why: string): IgnoredFlag<T> => ({
  ...kind(initial, `Prow's, without effect: ${why}.`),
  ignored: why,
});

/** The same flags, of which this component makes no use. */
export const ignoredAll = <T extends FlagTable>(flags: T, why: string): T =>
  Object.fromEntries(
    Object.entries(flags).map(([name, flag]) => [
      name,
      { ...flag, doc: `Without effect: ${why}.`, ignored: why } satisfies IgnoredFlag<unknown>,
    ]),
  ) as unknown as T;

/** Refused as soon as its value differs from `initial`, unless `asks` knows better. */
export const absent = <T>(
  kind: Kind<T>,
  initial: T,
  what: string,
  asks: (value: T) => boolean = (value) => String(value) !== String(initial),
): AbsentFlag<T> => ({ ...kind(initial, `Prow's; not here: ${what}.`), absent: what, asks });

/** Throws UsageError that names every flag whose value asks for what Cutwater does not have. */
export function refuseAbsent<T extends FlagTable>(flags: T, values: FlagValues<T>): void {
  const asked = Object.entries(flags as Record<string, Flag<unknown> | AbsentFlag<unknown>>).flatMap(
    ([name, flag]) =>
      "absent" in flag && flag.asks(values[name])
        ? [`--${name}=${String(values[name])} asks for what Cutwater does not have: ${flag.absent}`]
        : [],
  );
  if (asked.length > 0) throw new UsageError(`${asked.join("\n")}\n(docs/from-prow.md says what is absent)`);
}

/** `--a, --b (why); --c (why)` of the flags that were given in vain; undefined when there are none. */
export function withoutEffect(flags: FlagTable, given: ReadonlySet<string>): string | undefined {
  const vain = Object.entries(flags as Record<string, Flag<unknown> | IgnoredFlag<unknown>>).flatMap(
    ([name, flag]) => (given.has(name) && "ignored" in flag ? [{ name, why: flag.ignored }] : []),
  );
  const groups = [...Map.groupBy(vain, ({ why }) => why)].map(
    ([why, list]) => `${list.map(({ name }) => `--${name}`).join(", ")} (${why})`,
  );
  return groups.length > 0 ? groups.join("; ") : undefined;
}

const PROFILE = "Node is profiled with --inspect";
const GERRIT = "there is no Gerrit";
const SLACK = "hook writes nothing to Slack";

export const prowSharedFlags = {
  // Where they mean something, the component has them itself.
  ...ignoredAll(inRepoFlags, "this component needs no jobs of repositories"),
  "moonraker-address": ignored(string, "", "jobs of repositories are read without Moonraker"),
  "pprof-port": ignored(int, 6060, PROFILE),
  "profile-memory-usage": ignored(bool, false, PROFILE),
  "memory-profile-interval": ignored(duration, "30s", PROFILE),
};

export const prowGithubFlags = {
  "github-client.max-404-retries": ignored(int, 2, "a 404 is an answer"),
  ...githubRateFlags,
  "git-signing-key-path": absent(string, "", "signed commits"),
};

/** It has a budget of its own. */
export const prowNeedsRebaseFlags = {
  "github-hourly-tokens": int(360, githubRateFlags["github-hourly-tokens"].doc),
  "github-allowed-burst": int(360, githubRateFlags["github-allowed-burst"].doc),
};

export const prowListingFlags = (initial: string) => ({
  "timeout-listing-prowjobs": ignored(duration, initial, "a list of ProwJobs is repeated until it comes"),
});

export const prowHookFlags = {
  "grace-period": ignored(duration, "180s", "what is under way is always finished or kept in the queue"),
  "slack-token-file": ignored(string, "", SLACK),
  "bugzilla-api-key-path": ignored(string, "", "there is no bugzilla plugin"),
  "bugzilla-auth-method": ignored(string, "", "there is no bugzilla plugin"),
  "bugzilla-endpoint": ignored(string, "", "there is no bugzilla plugin"),
  "bugzilla-github-external-tracker-id": ignored(int, 0, "there is no bugzilla plugin"),
  "jira-bearer-token-file": ignored(string, "", "there is no jira plugin"),
  "jira-endpoint": ignored(string, "", "there is no jira plugin"),
  "jira-password-file": ignored(string, "", "there is no jira plugin"),
  "jira-username": ignored(string, "", "there is no jira plugin"),
};

const gerritClientFlags = {
  cookiefile: ignored(string, "", GERRIT),
  "gerrit-max-qps": ignored(int, 0, GERRIT),
  "gerrit-max-burst": ignored(int, 0, GERRIT),
};

export const prowCrierFlags = {
  ...gerritClientFlags,
  "gerrit-workers": absent(int, 0, "the Gerrit reporter"),
  "resultstore-workers": absent(int, 0, "the ResultStore reporter"),
  "resultstore-artifacts-dir-only": ignored(bool, false, "there is no ResultStore reporter"),
};

export const prowTideFlags = {
  ...gerritClientFlags,
  provider: absent(string, "", "Gerrit", (name) => name !== "" && name !== "github"),
  "sync-hourly-tokens": int(
    800,
    "Requests an hour for pools and merges. Tide has one rate, of this and the next flag together, and only when one of them is given: what GitHub allows is obeyed in any case.",
  ),
  "status-hourly-tokens": int(400, "Requests an hour for statuses; see --sync-hourly-tokens."),
  "status-path": ignored(string, "", "what statuses say is read from GitHub"),
};

const HELP = "what plugins do is asked of hook";
const FILES = "the pages' files are built in";
const LOGIN = "there is no login, so nobody can rerun or abort jobs from the pages";

export const prowDeckFlags = {
  "plugin-config": ignored(string, "", HELP),
  ...ignoredAll(pluginSupplementFlags, HELP),
  spyglass: ignored(bool, false, "pages of runs are always there"),
  "static-files-location": ignored(string, "/static", FILES),
  "template-files-location": ignored(string, "/template", FILES),
  "spyglass-files-location": ignored(string, "/lenses", FILES),
  "pregenerated-data": ignored(string, "", "it was for Prow's own development"),
  "allow-insecure": ignored(bool, false, LOGIN),
  "cookie-secret": ignored(string, "", LOGIN),
  "oauth-url": ignored(string, "", LOGIN),
  "github-oauth-config-file": ignored(string, "/etc/github/secret", LOGIN),
  "rerun-creates-job": ignored(bool, false, LOGIN),
  "gcs-cookie-auth": ignored(bool, false, "artifacts are served by deck itself"),
  "redirect-http-to": ignored(string, "", "redirects are the ingress' work"),
};
