// podinfo.json over our own API server.
import { afterAll, beforeAll } from "vitest";
import { connect } from "../../src/kube/client.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { silent } from "../../src/lib/logger.ts";
import { startKubeServer } from "../../src/local/kube/server.ts";
import { podInfoContract } from "./pod-info-contract.ts";

let server: Awaited<ReturnType<typeof startKubeServer>>;
beforeAll(async () => {
  server = await startKubeServer({
    ...{ host: "127.0.0.1", port: 0, file: ":memory:" },
    ...{ clock: systemClock, log: silent },
  });
});
afterAll(() => server.close());
podInfoContract("local", async () => connect({ server: server.url }));
