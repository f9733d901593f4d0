// What deck is given: everything it shows comes through these.
import type { Config } from "../config/config.ts";
import type { ConfigStatus } from "../config/status.ts";
import type { ObjectStore } from "../kube/port.ts";
import type { Clock } from "../lib/clock.ts";
import type { Logger } from "../lib/logger.ts";
import type { PluginsHelp } from "../model/plugin-help.ts";
import type { ProwJob } from "../model/prowjob.ts";
import type { TideHistory, TideSnapshot } from "../model/tide-snapshot.ts";
import type { Queue } from "../queue/port.ts";
import type { RecordRead } from "../record/port.ts";
import type { BlobRead } from "../storage/port.ts";
import type { PodLogs } from "./log-source.ts";

export interface DeckDeps {
  config: () => Config;
  /** Whether the configuration on disk is in force, and what is wrong with it. */
  configStatus: () => ConfigStatus;
  jobs: ObjectStore<ProwJob>;
  storage: BlobRead;
  podLogs: PodLogs;
  /** What keeps a run from having a log, a sentence each; empty when its pod tells nothing or cannot be read. */
  podTrouble: (job: ProwJob) => Promise<string[]>;
  /** Each is undefined when deck was not told where its component is, and rejects when that cannot be reached. */
  tide: () => Promise<TideSnapshot | undefined>;
  tideHistory: () => Promise<TideHistory | undefined>;
  pluginHelp: () => Promise<PluginsHelp | undefined>;
  /** Shows jobs of `hidden_repos` and jobs marked hidden too. */
  showHidden: boolean;
  /** Shows nothing else. */
  hiddenOnly?: boolean;
  /** Shows only what belongs to these tenants, hidden or not; without any, only what belongs to no tenant. */
  tenantIDs?: readonly string[];
  /** hook's queues by name; undefined when deck was not told of them. Without a token nothing may be replayed. */
  deadLetters?: {
    queues: () => Promise<Record<string, Pick<Queue, "dead" | "replay" | "state">>>;
    replayToken?: () => Promise<string>;
  };
  /** What was seen, decided and done; undefined when deck was not told where that is recorded. */
  record?: Pick<RecordRead, "pull">;
  clock: Clock;
  log: Logger;
}
