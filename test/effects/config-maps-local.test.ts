// Updates of ConfigMaps on our own API server.
import { afterAll, beforeAll } from "vitest";
import { connect } from "../../src/kube/client.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { silent } from "../../src/lib/logger.ts";
import { startKubeServer } from "../../src/local/kube/server.ts";
import { configMapsSuite } from "./config-maps.ts";

let server: Awaited<ReturnType<typeof startKubeServer>>;
beforeAll(async () => {
  server = await startKubeServer({ port: 0, file: ":memory:", clock: systemClock, log: silent });
});
afterAll(() => server.close());
configMapsSuite("our own", async () => connect({ server: server.url }));
