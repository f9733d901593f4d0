// From kubeconfig files to clusters: aliases, who is home, how each is authenticated.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { clustersFrom, type KubeconfigOptions } from "../../src/kube/kubeconfig.ts";
import type { Kube } from "../../src/kube/port.ts";
import { POD } from "../../src/model/pod.ts";
import { httpServer } from "../lib/http-server.ts";

let folder = "";
let server = "";
const http = await httpServer((request, response) => {
  // Tells who asked, and on which path.
  const name = `${request.headers.authorization ?? "nobody"} ${request.url!.split("/api/")[0]}`;
  response.end(JSON.stringify({ metadata: { name } }));
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kubeconfig-"));
  server = http.url;
});
afterAll(async () => {
  http.close();
  await rm(folder, { recursive: true, force: true });
});

interface Entry {
  context: string;
  path?: string;
  user?: object;
}

async function file(name: string, current: string, entries: Entry[]): Promise<string> {
  const config = {
    "current-context": current,
    clusters: entries.map(({ context, path = "" }) => ({
      name: context,
      cluster: { server: server + path },
    })),
    users: entries.map(({ context, user = {} }) => ({ name: context, user })),
    contexts: entries.map(({ context }) => ({ name: context, context: { cluster: context, user: context } })),
  };
  const path = join(folder, name);
  await writeFile(path, JSON.stringify(config));
  return path;
}

const open = (options: Partial<KubeconfigOptions>) => clustersFrom({ env: {}, ...options });
const whoami = async (kube: Kube | undefined) => (await kube!.read.get(POD, "d", "x"))!.metadata.name;

describe("kubeconfig", () => {
  test("contexts are aliases; the current one is home and default", async () => {
    const kubeconfig = await file("two", "one", [
      { context: "one", path: "/one", user: { token: "t1" } },
      { context: "two", path: "/two", user: { username: "u", password: "p" } },
    ]);
    const clusters = await open({ kubeconfig });
    expect(clusters.aliases()).toEqual(["one", "two", "default"]);
    expect(await whoami(clusters.home)).toBe("Bearer t1 /one");
    expect(await whoami(clusters.build("default"))).toBe("Bearer t1 /one");
    expect(await whoami(clusters.build("two"))).toBe("Basic dTpw /two");
    expect(clusters.build("three")).toBeUndefined();
  });

  test("a context named default stays the default build cluster", async () => {
    const kubeconfig = await file("default", "here", [
      { context: "here", path: "/here" },
      { context: "default", path: "/there" },
    ]);
    const clusters = await open({ kubeconfig });
    expect(await whoami(clusters.home)).toBe("nobody /here");
    expect(await whoami(clusters.build("default"))).toBe("nobody /there");
  });

  test("reads tokens from files beside it", async () => {
    await writeFile(join(folder, "token"), "from-file\n");
    const kubeconfig = await file("tokenfile", "a", [{ context: "a", user: { tokenFile: "token" } }]);
    expect(await whoami((await open({ kubeconfig })).home)).toBe("Bearer from-file ");
  });

  test("asks a credential plugin", async () => {
    const status = { token: "from-plugin", expirationTimestamp: "2999-01-01T00:00:00Z" };
    const credential = { apiVersion: "client.authentication.k8s.io/v1", kind: "ExecCredential", status };
    const exec = {
      apiVersion: "client.authentication.k8s.io/v1",
      command: "echo",
      args: [JSON.stringify(credential)],
    };
    const kubeconfig = await file("exec", "a", [{ context: "a", user: { exec } }]);
    expect(await whoami((await open({ kubeconfig })).home)).toBe("Bearer from-plugin ");
  });

  test("reads a folder of files by suffix, and refuses an alias that occurs twice", async () => {
    const kubeconfigDir = join(folder, "dir");
    await mkdir(join(kubeconfigDir, "..data"), { recursive: true });
    await file("dir/a.yaml", "a", [{ context: "a", path: "/a" }]);
    await file("dir/b.yaml", "", [{ context: "b", path: "/b" }]);
    await writeFile(join(kubeconfigDir, "notes.txt"), "not: [a kubeconfig");
    const clusters = await open({ kubeconfigDir, kubeconfigSuffix: ".yaml" });
    expect(clusters.aliases()).toEqual(["a", "b", "default"]);
    await file("dir/c.yaml", "", [{ context: "a" }]);
    await expect(open({ kubeconfigDir, kubeconfigSuffix: ".yaml" })).rejects.toThrow(
      "context a occurred more than once",
    );
  });

  test("KUBECONFIG of several files is one configuration", async () => {
    const one = await file("env-one", "", [{ context: "x", path: "/first" }]);
    const two = await file("env-two", "x", [{ context: "x", path: "/second" }]);
    const clusters = await open({ env: { KUBECONFIG: `${one}:${two}:${join(folder, "absent")}` } });
    expect(await whoami(clusters.home)).toBe("nobody /first");
  });

  test("says what is wrong and where", async () => {
    await expect(open({})).rejects.toThrow("no cluster for ProwJobs: give --kubeconfig");
    await expect(open({ kubeconfig: join(folder, "absent") })).rejects.toThrow(/kubeconfig .*absent: ENOENT/);
    const broken = join(folder, "broken");
    await writeFile(broken, "clusters: [");
    await expect(open({ kubeconfig: broken })).rejects.toThrow(/kubeconfig .*broken: /);
    await writeFile(
      broken,
      JSON.stringify({ contexts: [{ name: "a", context: { cluster: "gone", user: "u" } }] }),
    );
    await expect(open({ kubeconfig: broken })).rejects.toThrow(
      'context "a" names cluster "gone", which has no server',
    );
  });
});
