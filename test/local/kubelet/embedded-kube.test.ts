// The kubelet under the embedded API server.
import { afterAll, expect, test } from "vitest";
import { connect } from "../../../src/kube/client.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { silent } from "../../../src/lib/logger.ts";
import { type KubeServer, startKubeServer } from "../../../src/local/kube/server.ts";
import { startLogServer } from "../../../src/local/kubelet/log-server.ts";
import { kubeletBehaviour } from "./behaviour.ts";

let server: KubeServer;
afterAll(() => server?.close());
kubeletBehaviour(
  "embedded API server",
  async () => {
    server = await startKubeServer({
      ...{ port: 0, file: ":memory:", clock: systemClock, log: silent },
      kubeletToken: "between-us",
    });
    return connect({ server: server.url });
  },
  () => ({ logToken: "between-us" }),
);

test("a kubelet with a token gives logs to nobody else", async () => {
  const asked: string[] = [];
  const source = {
    find: async (_namespace: string, pod: string) => {
      asked.push(pod);
      return undefined;
    },
  };
  const logs = await startLogServer({ port: 0, token: "between-us", clock: systemClock }, source);
  const get = async (authorization: string) => {
    const url = `http://127.0.0.1:${logs.port}/containerLogs/default/build/test`;
    return (await fetch(url, { headers: authorization ? { authorization } : {} })).status;
  };
  expect(await get("")).toBe(401);
  expect(await get("Bearer between-them")).toBe(401);
  expect(asked).toEqual([]);
  expect(await get("Bearer between-us")).toBe(404);
  expect(asked).toEqual(["build"]);
  await logs.close();
});
