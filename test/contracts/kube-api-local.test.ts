// The embedded API server against the contract.
import { systemClock } from "../../src/lib/clock.ts";
import { silent } from "../../src/lib/logger.ts";
import { startKubeServer } from "../../src/local/kube/server.ts";
import { kubeApiContract } from "./kube-api.ts";

kubeApiContract("the embedded server", () =>
  startKubeServer({ port: 0, file: ":memory:", clock: systemClock, log: silent }),
);
