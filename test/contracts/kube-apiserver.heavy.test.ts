// The Kubernetes contract on a real kube-apiserver (../shared/bin; skipped when it or etcd is absent).
import { afterAll, beforeAll, describe, test } from "vitest";
import { connect } from "../../src/kube/client.ts";
import { kubeContract } from "./kube.ts";
import { type RealKube, startRealKube, whyNoRealKube } from "./real-kube.ts";

const missing = whyNoRealKube();
if (missing) {
  describe("kube: kube-apiserver", () => test.skip(missing, () => {}));
} else {
  let server: RealKube;
  beforeAll(async () => {
    server = await startRealKube();
  }, 90_000);
  afterAll(() => server?.close());
  kubeContract("kube-apiserver", async () =>
    connect({
      server: server.url,
      tls: { rejectUnauthorized: false },
      authorization: async () => `Bearer ${server.token}`,
    }),
  );
}
