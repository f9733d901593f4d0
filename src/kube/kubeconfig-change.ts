// Notices that kubeconfig files say something else than at the start, as when a Secret is rotated or a cluster is added.
import { hash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Clock } from "../lib/clock.ts";
import { errorText } from "../lib/error-text.ts";
import type { Logger } from "../lib/logger.ts";
import { clustersFrom, type KubeconfigOptions, kubeconfigFiles } from "./kubeconfig.ts";

export interface FollowOptions {
  /** What the files said when the clusters were read from them. */
  first: string;
  clock: Pick<Clock, "sleep">;
  log: Logger;
  signal: AbortSignal;
  everyMs?: number;
}

const EVERY_MS = 10_000;

/** Resolves to true once they have changed from `first` to something that can be used; to false when `signal` aborts before. */
export async function kubeconfigsChanged(
  options: KubeconfigOptions,
  { first, clock, log, signal, everyMs = EVERY_MS }: FollowOptions,
): Promise<boolean> {
  let refused = "";
  for (;;) {
    await clock.sleep(everyMs, signal);
    if (signal.aborted) return false;
    try {
      const now = await kubeconfigDigest(options);
      if (now === first || now === refused) continue;
      refused = now;
      await clustersFrom(options);
      return true;
    } catch (error) {
      log.warn(
        { error: errorText(error) },
        "The kubeconfig files have changed and cannot be used: going on as before.",
      );
    }
  }
}

/** Of what the files say now. */
export async function kubeconfigDigest(options: KubeconfigOptions): Promise<string> {
  const files = await kubeconfigFiles(options);
  const texts = await Promise.all(files.map((file) => readFile(file, "utf8").catch(() => "")));
  return hash("sha256", JSON.stringify(files.map((file, index) => [file, texts[index]])));
}
