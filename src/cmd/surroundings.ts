// What a component has around it while it works, and what it shows of itself.
import type { Registry } from "prom-client";
import type { Health } from "../lib/health.ts";
import type { Logger } from "../lib/logger.ts";
import type { RecordRead, RecordWrite } from "../record/port.ts";
import type { Host } from "./command.ts";
import type { ConfigAgent } from "./config/config-agent.ts";

/** What a component's `start` is handed, whether it runs alone or beside the others in one process. */
export interface Surroundings {
  host: Host;
  log: Logger;
  metrics: Registry;
  config: ConfigAgent;
  /** Of what is seen, decided and done. */
  record: RecordWrite & Partial<RecordRead>;
  /** Where loops show that they make progress. */
  health: Health;
  /** Aborts when the component shall stop. */
  signal: AbortSignal;
  /** Makes a component that has the process to itself stop in good order, to be started again. */
  end?: (why: string) => void;
}

export interface Running {
  ready(): boolean;
  /** Resolves when it has stopped, rejects when it cannot go on. */
  done: Promise<unknown>;
}
