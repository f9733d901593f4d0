// Prow's count of build clusters that could not be used when a component began; plank and sinker share it in one process.
import { Counter, type Registry } from "prom-client";
import { madeOnce } from "./kept/made-once.ts";

export const clusterFailures = madeOnce(
  (registry: Registry) =>
    new Counter({
      name: "kubernetes_failed_client_creations",
      help: "The number of clusters for which we failed to create a client.",
      labelNames: ["cluster"] as const,
      registers: [registry],
    }),
);
