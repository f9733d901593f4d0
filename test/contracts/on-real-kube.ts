// A suite on a real kube-apiserver (../shared/bin); skipped when it or etcd is absent.
import { afterAll, beforeAll, describe, test } from "vitest";
import type { Kube } from "../../src/kube/port.ts";
import { connectTo, type RealKube, startRealKube, whyNoRealKube } from "./real-kube.ts";

export function onRealKube(title: string, suite: (server: string, open: () => Promise<Kube>) => void): void {
  const missing = whyNoRealKube();
  if (missing) {
    // `missing` names the binary that is not here, and stands in the report as the reason.
    describe(title, () => test.skip(missing, () => {}));
    return;
  }
  let server: RealKube;
  beforeAll(async () => {
    server = await startRealKube();
  }, 90_000);
  afterAll(() => server?.close());
  suite("kube-apiserver", async () => connectTo(server));
}
