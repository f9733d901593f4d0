// Plank on our own API server, over HTTP.
import { afterAll, beforeAll } from "vitest";
import { connect } from "../../src/kube/client.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { silent } from "../../src/lib/logger.ts";
import { startKubeServer } from "../../src/local/kube/server.ts";
import { defineProwJobs } from "./crd.ts";
import { type Plank, plankEndToEnd, startPlank } from "./end-to-end.ts";

let server: Awaited<ReturnType<typeof startKubeServer>>;
let plank: Plank;
beforeAll(async () => {
  server = await startKubeServer({
    host: "127.0.0.1",
    port: 0,
    file: ":memory:",
    clock: systemClock,
    log: silent,
  });
  const kube = connect({ server: server.url });
  await defineProwJobs(kube);
  plank = await startPlank(kube);
});
afterAll(async () => {
  await plank.stop();
  await server.close();
});
plankEndToEnd("the local API server", async () => plank);
