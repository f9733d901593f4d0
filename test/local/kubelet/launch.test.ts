// How a container of the pod becomes a command of this machine.
import { expect, test } from "vitest";
import { containerEnv } from "../../../src/local/kubelet/environment.ts";
import { expand } from "../../../src/local/kubelet/expand.ts";
import { imageName, type LaunchInput, launchOf, pathsFor } from "../../../src/local/kubelet/launch.ts";
import type { Lookups } from "../../../src/local/kubelet/lookups.ts";
import type { Container } from "../../../src/model/pod.ts";

const input = (container: Partial<Container>, more: Partial<LaunchInput> = {}): LaunchInput => ({
  pod: { metadata: { name: "p", uid: "12345678-9" }, spec: { containers: [] } },
  container: { name: "test", image: "example.com/app:1", ...container },
  env: { PATH: "/bin", WHERE: "/host/logs" },
  mounts: [{ mountPath: "/logs", hostPath: "/host/logs" }],
  home: "/host/home",
  images: { sidecar: ["node", "main.ts", "sidecar"] },
  runtime: "process",
  ...more,
});

test("expands references as Kubernetes does", () => {
  const vars = { A: "1", EMPTY: "" };
  expect(expand("$(A) $(EMPTY). $(NO) $$(A) $A $$ $(A", vars)).toBe("1 . $(NO) $(A) $A $ $(A");
});

test("names an image by its last part", () => {
  expect(imageName("us-docker.pkg.dev/k8s-infra-prow/images/clonerefs:v2@sha256:ab")).toBe("clonerefs");
  expect(imageName("localhost:5000/sidecar")).toBe("sidecar");
});

test("a process gets its paths rewritten", () => {
  expect(
    launchOf(input({ command: ["run", "$(WHERE)/x"], args: ["--a=/logs"], workingDir: "/logs/w" })),
  ).toEqual({
    argv: ["run", "/host/logs/x", "--a=/host/logs"],
    env: { PATH: "/bin", WHERE: "/host/logs" },
    cwd: "/host/logs/w",
  });
  expect(launchOf(input({ command: ["x"], workingDir: "/app" }))).toMatchObject({ cwd: "/host/home/app" });
});

test("our program stands in for a utility image, unless the container names a command", () => {
  const image = "gcr.io/k8s-prow/sidecar:v1";
  expect(launchOf(input({ image, args: ["--x"] }))).toMatchObject({
    argv: ["node", "main.ts", "sidecar", "--x"],
  });
  expect(launchOf(input({ image, command: ["other"] }))).toMatchObject({ argv: ["other"] });
  expect(launchOf(input({}))).toMatchObject({ startError: expect.stringContaining("example.com/app:1") });
});

test("only the container's own words and variables are rewritten, not what belongs to this machine", async () => {
  const mounts = [{ mountPath: "/tmp", hostPath: "/tmp/clone/pods/1/volumes/tmp" }];
  const container: Container = {
    name: "test",
    image: "sidecar",
    args: ["--out=/tmp/out", "$(HOME)/x", "$(CACHE)"],
    env: [
      { name: "CACHE", value: "/tmp/cache" },
      { name: "MINE", value: "$(HOME)/bin:/tmp/bin" },
      { name: "LATER", value: "$(CACHE)/deep" },
    ],
  };
  const base = { PATH: "/tmp/node/bin:/bin", HOME: "/tmp/clone/home", CUTWATER_STORAGE_ROOT: "/tmp/clone/s" };
  const images = { sidecar: ["/tmp/node/bin/node", "/tmp/clone/src/main.ts", "sidecar"] };
  const rewrite = pathsFor({ container, images, mounts, runtime: "process" });
  const env = await containerEnv(container, base, {} as Lookups, rewrite);
  expect(env).toEqual({
    ...base,
    CACHE: "/tmp/clone/pods/1/volumes/tmp/cache",
    MINE: "/tmp/clone/home/bin:/tmp/clone/pods/1/volumes/tmp/bin",
    LATER: "/tmp/clone/pods/1/volumes/tmp/cache/deep",
  });
  expect(launchOf(input(container, { env, mounts, images }))).toMatchObject({
    argv: [
      ...images.sidecar,
      "--out=/tmp/clone/pods/1/volumes/tmp/out",
      "/tmp/clone/home/x",
      "/tmp/clone/pods/1/volumes/tmp/cache",
    ],
    env,
  });
});

test("docker gets the pod's own paths, and values only through its environment", () => {
  const launch = launchOf(input({ command: ["sh", "-c", "ls /logs"], args: ["a"] }, { runtime: "docker" }));
  expect(launch).toMatchObject({
    argv: [
      ...["docker", "run", "--rm", "--name", "cutwater-12345678-test"],
      ...["--volume", "/host/logs:/logs", "--env", "WHERE"],
      ...["--entrypoint", "sh", "example.com/app:1", "-c", "ls /logs", "a"],
    ],
    env: { WHERE: "/host/logs" },
    cleanup: ["docker", "rm", "--force", "cutwater-12345678-test"],
  });
});
