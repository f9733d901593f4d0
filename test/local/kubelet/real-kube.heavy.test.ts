// The kubelet under a real kube-apiserver, which asks it for logs over TLS.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, test } from "vitest";
import { connectTo, type RealKube, startRealKube, whyNoRealKube } from "../../contracts/real-kube.ts";
import { kubeletBehaviour } from "./behaviour.ts";

const missing = whyNoRealKube();
if (missing) {
  describe("kubelet: kube-apiserver", () => test.skip(missing, () => {}));
} else {
  let server: RealKube;
  const folder = mkdtempSync(join(tmpdir(), "kubelet-tls-"));
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  beforeAll(async () => {
    const subject = ["-subj", "/CN=laptop", "-days", "2", "-nodes"];
    execFileSync(
      "openssl",
      ["req", "-x509", "-newkey", "rsa:2048", "-keyout", key, "-out", cert, ...subject],
      {
        stdio: "ignore",
      },
    );
    server = await startRealKube();
  }, 90_000);
  afterAll(async () => {
    await server?.close();
    rmSync(folder, { recursive: true });
  });
  kubeletBehaviour(
    "kube-apiserver",
    async () => connectTo(server),
    () => ({ tls: { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") } }),
  );
}
