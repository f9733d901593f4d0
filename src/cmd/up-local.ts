// The world of local mode: a GitHub, a cluster with one node, and a directory as object storage, all reached over HTTP.
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { connect } from "../kube/client.ts";
import { isAlreadyExists } from "../kube/error.ts";
import type { Kube } from "../kube/port.ts";
import type { Logger } from "../lib/logger.ts";
import { startGitHubServer } from "../local/github/server.ts";
import { startKubeServer } from "../local/kube/server.ts";
import type { Kind, KubeObject } from "../model/kube-object.ts";
import type { Host } from "./command.ts";

const PROJECT = new URL("../../", import.meta.url);

/** Where everything of one local world is kept. */
export interface LocalPlaces {
  directory: string;
  host: string;
  /** Deck's; the others follow it. */
  port: number;
}

export interface LocalAddresses {
  deck: string;
  github: string;
  kubernetes: string;
}

export const addressesOf = ({ host, port }: LocalPlaces): LocalAddresses => ({
  deck: `http://${host}:${port}`,
  github: `http://${host}:${port + 1}`,
  kubernetes: `http://${host}:${port + 2}`,
});

/** What the GitHub App of local mode signs with; made once and kept. */
export interface LocalSecrets {
  privateKey: string;
  publicKey: string;
  webhookSecret: string;
}

export async function localSecrets(directory: string): Promise<LocalSecrets> {
  const file = join(directory, "secrets.json");
  try {
    return JSON.parse(await readFile(file, "utf8")) as LocalSecrets;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  const { privateKey, publicKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
  });
  const made = { privateKey, publicKey, webhookSecret: randomBytes(20).toString("hex") };
  await writeFile(file, JSON.stringify(made), { mode: 0o600 });
  return made;
}

/** A copy of config/ with this world's addresses, made once: it can be edited while Cutwater runs. */
export async function localConfig(directory: string, { deck, github }: LocalAddresses): Promise<string> {
  const target = join(directory, "config");
  try {
    await readdir(target);
    return target;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  const source = new URL("config/", PROJECT);
  for (const name of ["config.yaml", "plugins.yaml", "jobs"])
    await cp(new URL(name, source), join(target, name), { recursive: true });
  for (const entry of await readdir(target, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const text = await readFile(file, "utf8");
    await writeFile(
      file,
      text.replaceAll("http://localhost:8080", deck).replaceAll("http://localhost:8081", github),
    );
  }
  return target;
}

export interface LocalWorld {
  kube: Kube;
  close(): Promise<void>;
}

/** Listens on both ports before it resolves; throws UsageError when one is taken. */
export async function startLocalServers(
  places: LocalPlaces,
  { clock, random }: Host,
  log: Logger,
): Promise<LocalWorld> {
  const { directory, host, port } = places;
  await mkdir(join(directory, "github"), { recursive: true });
  const kubernetes = await startKubeServer({
    host,
    port: port + 2,
    file: join(directory, "kubernetes.db"),
    clock,
    log: log.child({ component: "kube-server" }),
  });
  const github = await startGitHubServer({
    host,
    port: port + 1,
    directory: join(directory, "github"),
    clock,
    random,
    log: log.child({ component: "github-server" }),
  });
  const kube = connect({ server: kubernetes.url });
  await writeFile(join(directory, "kubeconfig"), kubeconfigFor(kubernetes.url));
  return {
    kube,
    async close() {
      await github.close();
      await kubernetes.close();
    },
  };
}

const kubeconfigFor = (server: string): string => `apiVersion: v1
kind: Config
current-context: local
clusters: [{ name: local, cluster: { server: "${server}" } }]
users: [{ name: local, user: { token: local } }]
contexts: [{ name: local, context: { cluster: local, user: local, namespace: default } }]
`;

const NAMESPACE: Kind = {
  group: "",
  version: "v1",
  plural: "namespaces",
  kind: "Namespace",
  namespaced: false,
};
const CRD: Kind = {
  group: "apiextensions.k8s.io",
  version: "v1",
  plural: "customresourcedefinitions",
  kind: "CustomResourceDefinition",
  namespaced: false,
};

/** The ProwJob resource and the namespaces; what exists is left as it is. */
export async function prepareCluster({ write }: Kube, namespaces: readonly string[]): Promise<void> {
  const ensure = async (kind: Kind, object: KubeObject) => {
    try {
      await write.create(kind, object);
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
    }
  };
  for (const name of new Set(namespaces)) await ensure(NAMESPACE, { metadata: { name } });
  const crd = await readFile(new URL("config/k8s/prowjob-crd.yaml", PROJECT), "utf8");
  await ensure(CRD, parse(crd) as KubeObject);
}
