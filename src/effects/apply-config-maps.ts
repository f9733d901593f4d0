// ConfigMaps brought up to date in several clusters, and one comment that tells which.
import type { GitHub } from "../github/port.ts";
import { lookingAgain } from "../kube/error.ts";
import type { Clusters, Kube } from "../kube/port.ts";
import { errorText } from "../lib/error-text.ts";
import { isBot } from "../model/bot.ts";
import {
  CONFIG_MAP,
  type ConfigMap,
  type ConfigMapUpdate,
  configMapPatch,
  newConfigMap,
  updatedMessage,
} from "../model/config-map.ts";
import type { ConfigMapsEffect } from "../model/effect.ts";
import { ownWords } from "../model/reply.ts";
import { unix } from "../model/same-text.ts";

interface Tools {
  github: GitHub;
  clusters: Clusters;
  onConfigMap: ((configMap: ConfigMap) => void) | undefined;
}

/** Throws an AggregateError of what failed, after all that could be done is done and told. */
export async function applyConfigMaps(effect: ConfigMapsEffect, tools: Tools): Promise<void> {
  const byCluster = Map.groupBy(effect.updates, ({ cluster }) => cluster);
  const failures = new Map<ConfigMapUpdate, unknown>();
  // A cluster that does not answer must not keep the others waiting.
  await Promise.all(
    [...byCluster.values()].map(async (updates) => {
      for (const update of updates) {
        try {
          tools.onConfigMap?.(await bringUpToDate(update, tools.clusters));
        } catch (error) {
          failures.set(update, error);
        }
      }
    }),
  );
  const errors = [...failures.values()];
  const messages = [...failures].map(([update, error]) => `${placeOf(update)}: ${errorText(error)}`);
  try {
    await tell(
      effect,
      effect.updates.filter((update) => !failures.has(update)),
      tools.github,
    );
  } catch (error) {
    errors.push(error);
    messages.push(`comment: ${errorText(error)}`);
  }
  if (errors.length > 0) throw new AggregateError(errors, messages.join("; "));
}

const placeOf = ({ cluster, namespace, name }: ConfigMapUpdate): string =>
  `ConfigMap ${namespace}/${name} at cluster ${cluster}`;

function clusterNamed(alias: string, clusters: Clusters): Kube {
  const found = alias === "default" ? clusters.home : clusters.build(alias);
  if (!found) throw new Error(`no k8s client is found for build cluster: '${alias}'`);
  return found;
}

async function bringUpToDate(update: ConfigMapUpdate, clusters: Clusters): Promise<ConfigMap> {
  const { namespace, name } = update;
  const { read, write } = clusterNamed(update.cluster, clusters);
  return lookingAgain(async () => {
    const now = await read.get(CONFIG_MAP, namespace, name);
    if (!now) return write.create(CONFIG_MAP, newConfigMap(update));
    const patch = configMapPatch(now, update);
    return patch ? write.patch(CONFIG_MAP, namespace, name, patch, { type: "merge" }) : now;
  });
}

/** When this is tried again, people have been told of some already. */
async function tell(
  { issue, reply }: ConfigMapsEffect,
  updated: readonly ConfigMapUpdate[],
  { read, write }: GitHub,
): Promise<void> {
  if (updated.length === 0) return;
  const bot = await read.botLogin();
  const earlier = (await read.comments(issue))
    .filter(({ user }) => isBot(bot, user.login))
    .map(({ body }) => ownWords(unix(body)));
  const news = updated.map(({ told }) => told).filter((told) => !earlier.some((body) => body.includes(told)));
  if (news.length === 0) return;
  await write.createComment(
    issue,
    reply.replace("{updated}", () => updatedMessage(news)),
  );
}
