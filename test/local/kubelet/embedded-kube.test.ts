// The kubelet under the embedded API server.
import { afterAll } from "vitest";
import { connect } from "../../../src/kube/client.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { silent } from "../../../src/lib/logger.ts";
import { type KubeServer, startKubeServer } from "../../../src/local/kube/server.ts";
import { kubeletBehaviour } from "./behaviour.ts";

let server: KubeServer;
afterAll(() => server?.close());
kubeletBehaviour("embedded API server", async () => {
  server = await startKubeServer({ port: 0, file: ":memory:", clock: systemClock, log: silent });
  return connect({ server: server.url });
});
