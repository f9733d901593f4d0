// podinfo.json over a real kube-apiserver (../shared/bin; skipped when it or etcd is absent).
import { afterAll, beforeAll, describe, test } from "vitest";
import { connect } from "../../src/kube/client.ts";
import { type RealKube, startRealKube, whyNoRealKube } from "../contracts/real-kube.ts";
import { podInfoContract } from "./pod-info-contract.ts";

const missing = whyNoRealKube();
if (missing) {
  describe("podinfo.json: kube-apiserver", () => test.skip(missing, () => {}));
} else {
  let server: RealKube;
  beforeAll(async () => {
    server = await startRealKube();
  }, 90_000);
  afterAll(() => server?.close());
  podInfoContract("kube-apiserver", async () =>
    connect({
      server: server.url,
      tls: { rejectUnauthorized: false },
      authorization: async () => `Bearer ${server.token}`,
    }),
  );
}
