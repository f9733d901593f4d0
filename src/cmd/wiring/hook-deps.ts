// What hook works with, as a component of its own or in `cutwater up`.
import type { MergedFiles } from "../../git/port.ts";
import type { FrugalGitHub } from "../../github/frugal.ts";
import { memoised } from "../../github/memoise.ts";
import { HOOK_DEFAULTS, type HookDeps } from "../../hook/run.ts";
import { declarations, plugins } from "../../plugins/index.ts";
import type { Queues } from "../../queue/open.ts";
import { mergedTextsFor } from "../config/in-repo.ts";
import type { Surroundings } from "../surroundings.ts";
import { type GuestPlace, guestsFor } from "./guests.ts";
import { pluginTools } from "./plugin-tools.ts";
import type { Ports } from "./ports.ts";

export interface HookPorts extends Pick<Ports, "clusters" | "apply"> {
  github: FrugalGitHub;
  git: MergedFiles;
  queues: Queues;
}

export type HookOptions = Pick<
  HookDeps,
  "role" | "inside" | "secrets" | "jobs" | "marks" | "sweep" | "resync" | "lingerMs"
> &
  Partial<Pick<HookDeps, "host" | "port" | "webhookPath" | "repoEnabled" | "onListening">> & {
    guests: GuestPlace;
  };

/** Everything hook needs; its gateway can also be mounted on another server by `hookHandler`. */
export function hookDeps(
  { github, clusters, apply, git, queues }: HookPorts,
  { guests, ...options }: HookOptions,
  around: Surroundings,
): HookDeps {
  const { host, log, metrics, config, record } = around;
  return {
    ...HOOK_DEFAULTS,
    host: "",
    ...options,
    queue: queues.webhooks,
    outside: queues.outside,
    guests: guestsFor({ github }, guests, around),
    all: plugins,
    declared: declarations,
    config: config.config,
    plugins: config.plugins,
    reader: () => memoised(github.read),
    github: github.read,
    hear: github.hear,
    merged: mergedTextsFor({ github }, git, around),
    kube: clusters.home.read,
    apply,
    ...pluginTools(host),
    ...(host.failpoints && { answering: (side) => host.failpoints!.at("hook", "answer", side) }),
    log,
    record,
    metrics,
  };
}
