// Does what effects say: domain by domain, each in one exhaustive switch. Applying a list again changes nothing further.
import type { CherryPicks } from "../git/port.ts";
import type { GitHub } from "../github/port.ts";
import type { Clusters } from "../kube/port.ts";
import { currentCause } from "../lib/cause.ts";
import type { Clock } from "../lib/clock.ts";
import { inSpan } from "../lib/in-span.ts";
import type { Logger } from "../lib/logger.ts";
import type { Attributes } from "../lib/trace.ts";
import type { Messages } from "../messages/port.ts";
import type { ConfigMap } from "../model/config-map.ts";
import { type Effect, isKubeEffect, isMessageEffect } from "../model/effect.ts";
import type { RecordWrite } from "../record/port.ts";
import type { BlobWrite } from "../storage/port.ts";
import { applyCherryPicks } from "./apply-cherry-pick.ts";
import { applyConfigMaps } from "./apply-config-maps.ts";
import { applyGitHub } from "./apply-github.ts";
import { applyKube } from "./apply-kube.ts";
import { applyMessage } from "./apply-message.ts";
import { applyStorage } from "./apply-storage.ts";
import { type InHalves, inHalves } from "./in-halves.ts";
import { MERGE_PAUSE_MS } from "./merge-in-order.ts";
import { printEffect } from "./print.ts";
import { recordEffect } from "./record-effect.ts";
import { subjectOf } from "./subject.ts";

/** Applies in list order, stops at the first failure and throws it. */
export type Apply = (effects: Effect[]) => Promise<void>;

/** What an applier may touch; an effect on something that is absent is an error of the wiring. */
export interface ApplyPorts {
  github?: GitHub;
  clusters?: Clusters;
  storage?: BlobWrite;
  git?: CherryPicks;
  messages?: Messages;
  /** Is told of every change that is made or has failed. */
  record?: RecordWrite;
  clock: Pick<Clock, "now" | "sleep">;
  log: Logger;
  /** Pause between two merges of a batch, in which GitHub recomputes mergeability. Default: 5 s, as Prow. */
  mergePauseMs?: number;
  /** Told of every ConfigMap that was updated, for the metric. */
  onConfigMap?: (configMap: ConfigMap) => void;
}

/** With what one applier remembers. */
type Tools = ApplyPorts & { inHalves: InHalves };

export function applier(given: ApplyPorts): Apply {
  const ports: Tools = { ...given, inHalves: inHalves() };
  return async (effects) => {
    for (const effect of effects) {
      await inSpan({ name: effect.do }, (span) => {
        span?.set(spanAttributes(effect));
        return recorded(effect, ports);
      });
      ports.log.info({ effect: effect.do, ...subjectOf(effect) }, printEffect(effect));
    }
  };
}

/** What it is about, in the names of the log. */
function spanAttributes(effect: Effect): Attributes {
  const { plugin, prowjob } = currentCause();
  const subject = subjectOf(effect) as Attributes;
  return { plugin, prowjob, ...subject, effect: printEffect(effect) };
}

async function recorded(effect: Effect, ports: Tools): Promise<void> {
  const { record, clock } = ports;
  if (!record) return applyOne(effect, ports);
  const began = clock.now();
  const ms = () => clock.now().getTime() - began.getTime();
  try {
    await applyOne(effect, ports);
  } catch (failure) {
    recordEffect(record, effect, began, { ms: ms(), failure });
    throw failure;
  }
  recordEffect(record, effect, began, { ms: ms() });
}

async function applyOne(effect: Effect, ports: Tools): Promise<void> {
  if (effect.do === "writeObject") return applyStorage(effect, present(ports.storage, "storage", effect));
  if (effect.do === "updateConfigMaps") {
    const github = present(ports.github, "GitHub", effect);
    const clusters = present(ports.clusters, "Kubernetes", effect);
    return applyConfigMaps(effect, { github, clusters, onConfigMap: ports.onConfigMap });
  }
  if (effect.do === "cherryPick") {
    const github = present(ports.github, "GitHub", effect);
    const git = present(ports.git, "git", effect);
    return applyCherryPicks(effect.picks, { ...ports, github, git });
  }
  if (isMessageEffect(effect)) return applyMessage(effect, present(ports.messages, "messages", effect));
  if (isKubeEffect(effect)) return applyKube(effect, present(ports.clusters, "Kubernetes", effect));
  return applyGitHub(effect, {
    ...ports,
    github: present(ports.github, "GitHub", effect),
    mergePauseMs: ports.mergePauseMs ?? MERGE_PAUSE_MS,
  });
}

function present<T>(port: T | undefined, name: string, effect: Effect): T {
  if (port === undefined) throw new Error(`${printEffect(effect)}: this component has no ${name} client`);
  return port;
}
