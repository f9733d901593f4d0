// Probot apps that plugins.yaml names, for hook: whatever they are, each runs apart from us.
import { dirname } from "node:path";
import { probotGuests } from "../../guests/guests.ts";
import type { Guests } from "../../guests/port.ts";
import type { Surroundings } from "../surroundings.ts";
import type { Ports } from "./ports.ts";

export interface GuestPlace {
  /** plugins.yaml, from whose directory the apps are found. */
  pluginConfig: string;
  /** Address of GitHub's API. */
  endpoint: string;
  dryRun: boolean;
}

/** Nothing runs, nor is loaded, before an app's first delivery. */
export const guestsFor = (
  { github }: Pick<Ports, "github">,
  { pluginConfig, endpoint, dryRun }: GuestPlace,
  { host, log, config }: Surroundings,
): Guests =>
  probotGuests({
    relay: github.relay,
    endpoint,
    directory: dirname(pluginConfig),
    env: host.env,
    mayAct: ({ name, probot }, repo) =>
      config
        .plugins()
        .external(repo)
        .some((plugin) => plugin.name === name && plugin.probot === probot),
    dryRun,
    clock: host.clock,
    log,
  });
