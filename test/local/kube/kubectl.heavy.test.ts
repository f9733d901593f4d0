// An unmodified kubectl at work on the embedded API server.
import { execFile, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "../../../src/lib/clock.ts";
import { silent } from "../../../src/lib/logger.ts";
import { type KubeServer, startKubeServer } from "../../../src/local/kube/server.ts";
import { CRD } from "../../contracts/kube-api.ts";
import { call } from "../../contracts/kube-http.ts";
import { type HTTPServer, httpServer } from "../../lib/http-server.ts";

const kubectlPath = [join(homedir(), ".cache/cutwater-bin"), ...(process.env["PATH"] ?? "").split(delimiter)]
  .map((folder) => join(folder, "kubectl"))
  .find((path) => existsSync(path));

const POD = `
apiVersion: v1
kind: Pod
metadata: {name: p1, labels: {app: one}}
spec:
  containers:
  - {name: c, image: "busybox:1.2", env: [{name: A, value: "1"}], ports: [{containerPort: 80}]}
`;

const JOB = `
apiVersion: prow.k8s.io/v1
kind: ProwJob
metadata: {name: j1}
spec:
  type: presubmit
  job: unit
  refs: {org: o, repo: r, pulls: [{number: 7, author: a, sha: s}]}
  pod_spec: {containers: [{name: a, image: b}]}
status: {state: triggered}
`;

if (!kubectlPath) {
  describe("kubectl", () => test.skip("kubectl is missing: run ../shared/bin/unpack.sh", () => {}));
} else {
  describe("kubectl", () => suite(kubectlPath));
}

function suite(binary: string): void {
  let server: KubeServer;
  let kubelet: HTTPServer;
  const home = mkdtempSync(join(tmpdir(), "kubectl-"));

  beforeAll(async () => {
    // As local mode does it: kubectl, which sends no token over plain HTTP, has it in the address.
    const token = "s3cret";
    const started = await startKubeServer({
      port: 0,
      file: ":memory:",
      clock: systemClock,
      log: silent,
      token,
    });
    server = { ...started, url: `${started.url}/${token}` };
    kubelet = await httpServer((_, response) => response.end("hello from the test\n"));
  });
  afterAll(async () => {
    await server.close();
    kubelet.close();
    rmSync(home, { recursive: true, force: true });
  });

  const environment = (more: Record<string, string> = {}) => ({
    ...{ HOME: home, KUBECONFIG: "/dev/null", PATH: process.env["PATH"] ?? "" },
    ...more,
  });

  const kubectl = (args: string[], { input = "", env = {} } = {}): Promise<string> =>
    new Promise((resolve, reject) => {
      const all = [`--server=${server.url}`, "--namespace=ci", ...args];
      const child = execFile(
        binary,
        all,
        { env: environment(env), timeout: 30_000 },
        (error, stdout, stderr) => (error ? reject(new Error(stderr || stdout)) : resolve(stdout)),
      );
      child.stdin?.end(input);
    });

  test("creates a namespace and a config map", async () => {
    expect(await kubectl(["create", "namespace", "ci"])).toBe("namespace/ci created\n");
    expect(await kubectl(["create", "configmap", "cm", "--from-literal=a=b"])).toBe("configmap/cm created\n");
    expect(await kubectl(["get", "cm", "cm", "-o", "yaml"])).toContain("  a: b\n");
    expect(await kubectl(["get", "namespaces"])).toMatch(/ci +Active +\ds/);
  });

  test("applies, again, changed, and from the server's side", async () => {
    const apply = (yaml: string, ...more: string[]) =>
      kubectl(["apply", ...more, "-f", "-"], { input: yaml });
    expect(await apply(POD)).toBe("pod/p1 created\n");
    expect(await apply(POD)).toBe("pod/p1 unchanged\n");
    expect(await apply(POD.replace("busybox:1.2", "busybox:1.3"))).toBe("pod/p1 configured\n");
    expect(await kubectl(["get", "pod", "p1", "-o", "jsonpath={.spec.containers[*].image}"])).toBe(
      "busybox:1.3",
    );
    const last = POD.replace("busybox:1.2", "busybox:1.4");
    expect(await apply(last, "--server-side")).toBe("pod/p1 serverside-applied\n");
    expect(await kubectl(["diff", "-f", "-"], { input: last })).toBe("");
  });

  test("refuses an unknown field", async () => {
    const input = POD.replace("image:", "imag:").replace("p1", "p2");
    await expect(kubectl(["create", "-f", "-"], { input })).rejects.toThrow(
      'unknown field "spec.containers[0].imag"',
    );
  });

  test("gets, labels, annotates, patches and describes", async () => {
    expect(await kubectl(["get", "pods", "-o", "wide"])).toMatch(/p1 +0\/1 +Pending +0 +\d+s +<none>/);
    await kubectl(["label", "pod", "p1", "team=infra"]);
    await kubectl(["annotate", "pod", "p1", "note=hi"]);
    await kubectl(["patch", "pod", "p1", "-p", '{"metadata":{"labels":{"app":"two"}}}']);
    expect(await kubectl(["get", "pods", "-l", "team=infra,app in (two)", "-o", "name"])).toBe("pod/p1\n");
    const described = await kubectl(["describe", "pod", "p1"]);
    expect(described).toContain("Labels:       app=two");
    expect(described).toContain("Annotations:  note: hi");
  });

  test("edits", async () => {
    const editor = join(home, "editor.sh");
    writeFileSync(editor, "#!/bin/sh\nsed -i 's/a: b/a: edited/' \"$1\"\n", { mode: 0o755 });
    const edited = await kubectl(["edit", "cm", "cm"], { env: { KUBE_EDITOR: editor } });
    expect(edited).toBe("configmap/cm edited\n");
    expect(await kubectl(["get", "cm", "cm", "-o", "jsonpath={.data.a}"])).toBe("edited");
  });

  test("explains built-in kinds and ours, and shows ProwJobs in their columns", async () => {
    await kubectl(["apply", "--server-side", "-f", CRD]);
    await kubectl(["wait", "--for=condition=Established", "crd/prowjobs.prow.k8s.io", "--timeout=10s"]);
    expect(await kubectl(["explain", "pod.spec.containers.image"])).toContain("FIELD: image <string>");
    expect(await kubectl(["explain", "prowjob.spec.refs"])).toContain("base_sha");
    expect(await kubectl(["apply", "-f", "-"], { input: JOB })).toBe("prowjob.prow.k8s.io/j1 created\n");
    const [head, row] = (await kubectl(["get", "prowjobs"])).split("\n");
    expect(head?.split(/ +/)).toEqual([
      ...["NAME", "JOB", "BUILDID", "TYPE", "ORG", "REPO", "PULLS", "STARTTIME", "COMPLETIONTIME", "STATE"],
    ]);
    expect(row?.trim().split(/ +/)).toEqual(["j1", "unit", "presubmit", "o", "r", "7", "triggered"]);
    expect(await kubectl(["api-resources", "-o", "name"])).toContain("prowjobs.prow.k8s.io");
  });

  test("follows logs through the node's kubelet", async () => {
    const { port } = kubelet;
    const status = {
      addresses: [{ type: "InternalIP", address: "127.0.0.1" }],
      daemonEndpoints: { kubeletEndpoint: { Port: port } },
    };
    await call(server, "POST", "/api/v1/nodes", { body: { metadata: { name: "n1" }, status } });
    const pods = "/api/v1/namespaces/ci/pods/p1";
    const body = { target: { kind: "Node", name: "n1" } };
    await call(server, "POST", `${pods}/binding`, { body });
    const running = { phase: "Running", containerStatuses: [{ name: "c", state: { running: {} } }] };
    const type = "application/merge-patch+json";
    await call(server, "PATCH", `${pods}/status`, { body: { status: running }, type });
    expect(await kubectl(["logs", "-f", "p1"])).toBe("hello from the test\n");
  });

  test("watches, waits and deletes", async () => {
    const watching = spawn(binary, [`--server=${server.url}`, "-n", "ci", "get", "pods", "-w"], {
      env: environment(),
    });
    let seen = "";
    watching.stdout.on("data", (chunk) => {
      seen += chunk;
    });
    await expect.poll(() => seen, { timeout: 10_000 }).toContain("p1");
    const waiting = kubectl(["wait", "--for=delete", "pod/p1", "--timeout=20s"]);
    await kubectl(["delete", "pod", "p1", "--wait=false"]);
    await expect.poll(() => seen, { timeout: 10_000 }).toContain("Terminating");
    await call(server, "DELETE", "/api/v1/namespaces/ci/pods/p1?gracePeriodSeconds=0");
    await waiting;
    watching.kill();
    expect(await kubectl(["auth", "can-i", "create", "pods"])).toBe("yes\n");
    expect(await kubectl(["delete", "namespace", "ci"])).toContain('namespace "ci" deleted');
    expect(await kubectl(["get", "all", "-A"])).toBe("");
  });
}
