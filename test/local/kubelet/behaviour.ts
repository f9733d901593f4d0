// What pods experience on our kubelet, over whichever API server: run on the embedded one and on a real kube-apiserver.
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Kube } from "../../../src/kube/port.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { silent } from "../../../src/lib/logger.ts";
import { type KubeletOptions, runKubelet } from "../../../src/local/kubelet/run.ts";
import type { Kind, KubeObject } from "../../../src/model/kube-object.ts";
import { type Container, POD, type Pod, type PodSpec } from "../../../src/model/pod.ts";

const SECRET: Kind<KubeObject & { stringData: object }> = {
  group: "",
  version: "v1",
  plural: "secrets",
  kind: "Secret",
  namespaced: true,
};
const EVENT: Kind<KubeObject & { reason: string; involvedObject: { name: string } }> = {
  group: "",
  version: "v1",
  plural: "events",
  kind: "Event",
  namespaced: true,
};

const shell = (script: string, more: Partial<Container> = {}): Container => ({
  name: "test",
  image: "example.com/test:1",
  command: ["sh", "-c", script],
  ...more,
});

export function kubeletBehaviour(
  name: string,
  open: () => Promise<Kube>,
  more: () => Pick<KubeletOptions, "tls" | "logToken"> = () => ({}),
): void {
  describe(`kubelet: ${name}`, () => {
    let kube: Kube;
    let directory = "";
    let kubelet: { stop(): Promise<void> };

    const start = async (images: Record<string, string[]> = {}) => {
      const stopped = new AbortController();
      const ready = Promise.withResolvers<void>();
      const options: KubeletOptions = {
        ...{ kube, nodeName: "laptop", directory, images, clock: systemClock, log: silent, ...more() },
        env: { PATH: process.env["PATH"] ?? "" },
        utilityEnv: { CUTWATER_STORAGE_ROOT: "/storage" },
        schedule: true,
        onReady: () => ready.resolve(),
      };
      const running = runKubelet(options, stopped.signal);
      await Promise.race([ready.promise, running]);
      return {
        stop: async () => {
          stopped.abort();
          await running;
        },
      };
    };
    beforeAll(async () => {
      kube = await open();
      directory = await mkdtemp(join(tmpdir(), "kubelet test-"));
      kubelet = await start({ sidecar: ["sh", "-c", 'echo "$CUTWATER_STORAGE_ROOT $0 $*"'] });
    }, 90_000);
    afterAll(async () => {
      await kubelet?.stop();
      await rm(directory, { recursive: true, force: true });
    });

    const create = (podName: string, spec: Partial<PodSpec> & { containers: Container[] }) =>
      kube.write.create(POD, {
        metadata: { name: podName, namespace: "default" },
        spec: { restartPolicy: "Never", terminationGracePeriodSeconds: 1, ...spec },
      });
    const until = async (podName: string, holds: (pod: Pod | undefined) => boolean): Promise<Pod> => {
      for (const deadline = performance.now() + 15_000; ; ) {
        const pod = await kube.read.get(POD, "default", podName);
        if (holds(pod)) return pod as Pod;
        if (performance.now() > deadline) throw new Error(`${podName} stays ${JSON.stringify(pod?.status)}`);
        await systemClock.sleep(50);
      }
    };
    const over = (podName: string) =>
      until(podName, (pod) => pod?.status?.phase === "Succeeded" || pod?.status?.phase === "Failed");
    const log = async (
      podName: string,
      options: { container?: string; follow?: boolean; tailLines?: number } = {},
    ) => await new Response(await kube.read.podLog("default", podName, options)).text();
    const end = (pod: Pod, index = 0) => pod.status?.containerStatuses?.[index]?.state?.terminated;

    test("runs init containers in order, then containers that share volumes with them", async () => {
      const mounted = { volumeMounts: [{ name: "work", mountPath: "/work" }] };
      await create("shares", {
        volumes: [{ name: "work", emptyDir: {} }],
        initContainers: [
          shell("echo one >> /work/steps", { name: "first", ...mounted }),
          shell("echo two >> /work/steps", { name: "second", ...mounted }),
        ],
        containers: [
          shell("cat /work/steps; echo $WHERE", { ...mounted, env: [{ name: "WHERE", value: "dir=/work" }] }),
        ],
      });
      const pod = await over("shares");
      expect(pod.status).toMatchObject({ phase: "Succeeded", podIP: "127.0.0.1" });
      expect(pod.status?.initContainerStatuses?.map(({ state }) => state?.terminated?.reason)).toEqual([
        "Completed",
        "Completed",
      ]);
      expect(await log("shares", { container: "test" })).toMatch(/^one\ntwo\ndir=.*\/work\n$/);
    });

    test("gives a container its environment and nothing of the machine's", async () => {
      await kube.write.create(SECRET, {
        metadata: { name: "login", namespace: "default" },
        stringData: { password: "hunter2", user: "me" },
      });
      await create("env", {
        volumes: [{ name: "login", secret: { secretName: "login", defaultMode: 0o400 } }],
        containers: [
          shell("cat /etc/login/password; echo; env | cut -d= -f1 | sort | tr '\\n' ' '; echo \"$BOTH\"", {
            volumeMounts: [{ name: "login", mountPath: "/etc/login" }],
            envFrom: [{ prefix: "LOGIN_", secretRef: { name: "login" } }],
            env: [
              { name: "ME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
              { name: "BOTH", value: "$(ME)/$(LOGIN_user)/$(ABSENT)/$$(ME)" },
            ],
          }),
        ],
      });
      await over("env");
      const [password, names = "", both] = (await log("env")).split(/\n| (?=env\/)/);
      expect(password).toBe("hunter2");
      const shells = new Set(["PWD", "SHLVL", "_", "OLDPWD"]);
      expect(
        names
          .trim()
          .split(" ")
          .filter((key) => !shells.has(key)),
      ).toEqual(["BOTH", "HOME", "HOSTNAME", "LOGIN_password", "LOGIN_user", "ME", "PATH", "TMPDIR"].sort());
      expect(both?.trim()).toBe("env/me/$(ABSENT)/$(ME)");
    });

    test("tells how each container ended", async () => {
      await create("ends", {
        containers: [
          shell("echo sorry; exit 3", { name: "fails", terminationMessagePolicy: "FallbackToLogsOnError" }),
          shell("sh -c 'kill -TERM $PPID'; sleep 5", { name: "killed" }),
          { name: "absent", image: "x", command: ["no-such-program"] },
          { name: "imageonly", image: "example.com/app" },
          shell("true", { name: "good" }),
        ],
      });
      const pod = await over("ends");
      expect(pod.status?.phase).toBe("Failed");
      expect(end(pod)).toMatchObject({ exitCode: 3, reason: "Error", message: "sorry\n" });
      expect(end(pod, 1)).toMatchObject({ exitCode: 143, signal: 15, reason: "Error" });
      expect(end(pod, 2)).toMatchObject({
        exitCode: 128,
        reason: "StartError",
        message: expect.stringContaining('exec: "no-such-program": executable file not found in $PATH'),
      });
      expect(end(pod, 3)?.message).toContain("give the container a command");
      expect(end(pod, 4)).toMatchObject({ exitCode: 0, reason: "Completed" });
    });

    test("a failed init container is the end of the pod", async () => {
      await create("init-fails", {
        initContainers: [shell("exit 1", { name: "setup" })],
        containers: [shell("echo never")],
      });
      const pod = await over("init-fails");
      expect(pod.status?.phase).toBe("Failed");
      expect(pod.status?.containerStatuses?.[0]?.state?.waiting?.reason).toBe("PodInitializing");
    });

    test("our programs stand in for images without a command", async () => {
      await create("stand-in", {
        containers: [
          { name: "upload", image: "us-docker.pkg.dev/x/images/sidecar:v2@sha256:ab", args: ["--flag"] },
        ],
      });
      await over("stand-in");
      expect(await log("stand-in")).toBe("/storage --flag \n");
    });

    test("ends a pod at its deadline, with its children", async () => {
      await create("deadline", {
        activeDeadlineSeconds: 1,
        containers: [shell("sleep 1000 & trap '' TERM; sleep 1000; sleep 1000")],
      });
      const pod = await over("deadline");
      expect(pod.status).toMatchObject({ phase: "Failed", reason: "DeadlineExceeded" });
      expect(end(pod)?.exitCode).toBe(137);
    });

    test("deletes gracefully: the process may say goodbye", async () => {
      await create("bye", {
        volumes: [{ name: "out", emptyDir: {} }],
        containers: [
          shell("trap 'echo bye; exit 0' TERM; echo hi; while true; do sleep 0.05; done", {
            volumeMounts: [{ name: "out", mountPath: "/out" }],
          }),
        ],
      });
      await until("bye", (pod) => pod?.status?.phase === "Running");
      const followed = log("bye", { follow: true });
      await kube.write.delete(POD, "default", "bye", {});
      await until("bye", (pod) => pod === undefined);
      expect(await followed).toBe("hi\nbye\n");
    });

    test("follows and tails logs", async () => {
      await create("talks", {
        containers: [shell("for i in 1 2 3; do echo line $i; sleep 0.1; done; printf end")],
      });
      await until("talks", (pod) => pod?.status?.phase === "Running");
      expect(await log("talks", { follow: true })).toBe("line 1\nline 2\nline 3\nend");
      expect(await log("talks", { tailLines: 2 })).toBe("line 3\nend");
    });

    test("waits for what the pod refers to, and says so", async () => {
      await create("waits", {
        containers: [
          shell("echo $KEY", {
            env: [{ name: "KEY", valueFrom: { secretKeyRef: { name: "later", key: "key" } } }],
          }),
        ],
      });
      const waiting = await until("waits", (pod) =>
        Boolean(pod?.status?.containerStatuses?.[0]?.state?.waiting?.message),
      );
      expect(waiting.status?.containerStatuses?.[0]?.state?.waiting).toMatchObject({
        reason: "CreateContainerConfigError",
        message: 'secret "later" not found',
      });
      await kube.write.create(SECRET, {
        metadata: { name: "later", namespace: "default" },
        stringData: { key: "came" },
      });
      await over("waits");
      expect(await log("waits")).toBe("came\n");
    });

    test("restarts what should be restarted", async () => {
      await create("retries", {
        restartPolicy: "OnFailure",
        volumes: [{ name: "state", emptyDir: {} }],
        containers: [
          shell("test -e /state/done || { touch /state/done; exit 1; }", {
            volumeMounts: [{ name: "state", mountPath: "/state" }],
          }),
        ],
      });
      const pod = await over("retries");
      expect(pod.status?.phase).toBe("Succeeded");
      expect(pod.status?.containerStatuses?.[0]).toMatchObject({
        restartCount: 1,
        lastState: { terminated: { exitCode: 1 } },
      });
    });

    test("leaves events for kubectl describe", async () => {
      const { items } = await kube.read.list(EVENT, { namespace: "default" });
      const reasons = items
        .filter(({ involvedObject }) => involvedObject.name === "shares")
        .map(({ reason }) => reason);
      expect(reasons.sort()).toEqual([
        ...["Created", "Created", "Created"],
        "Scheduled",
        ...["Started", "Started", "Started"],
      ]);
    });

    test("after a restart, pods whose processes are gone have failed, and nothing of them still runs", async () => {
      await create("lost", { containers: [shell("sh -c 'echo $PPID'; sleep 1000")] });
      await until("lost", (pod) => pod?.status?.phase === "Running");
      await expect.poll(() => log("lost")).toMatch(/^\d+\n$/);
      const pid = Number(await log("lost"));
      await kubelet.stop();
      await expect(stat(`/proc/${pid}`)).rejects.toThrow();
      kubelet = await start();
      const pod = await over("lost");
      expect(pod.status).toMatchObject({ phase: "Failed", reason: "Evicted" });
      expect(pod.status?.message).toContain("restarted");
      expect(end(pod)?.reason).toBe("ContainerStatusUnknown");
      await kube.write.delete(POD, "default", "lost", {});
      await until("lost", (found) => found === undefined);
      await expect.poll(() => readdir(join(directory, "pods"))).not.toContain(pod.metadata.uid);
    });
  });
}
