// Reads a kubeconfig file: its contexts with the cluster and user they name, file names made absolute.
import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { load } from "js-yaml";
import { isRecord } from "../lib/schema.ts";

export interface ClusterEntry {
  server: string;
  "certificate-authority"?: string;
  "certificate-authority-data"?: string;
  "insecure-skip-tls-verify"?: boolean;
  "tls-server-name"?: string;
  "proxy-url"?: string;
}

export interface UserEntry {
  token?: string;
  tokenFile?: string;
  username?: string;
  password?: string;
  "client-certificate"?: string;
  "client-certificate-data"?: string;
  "client-key"?: string;
  "client-key-data"?: string;
  exec?: object;
  "auth-provider"?: object;
}

export interface ContextEntry {
  name: string;
  cluster: ClusterEntry;
  user: UserEntry;
}

export interface Kubeconfig {
  contexts: ContextEntry[];
  currentContext: string;
}

/** Several files are read as kubectl does with KUBECONFIG: an entry of an earlier file wins. Throws what is wrong and where. */
export async function readKubeconfig(files: string[]): Promise<Kubeconfig> {
  const parsed = await Promise.all(files.map(parseFile));
  const clusters = named<ClusterEntry>(parsed, "clusters", "cluster");
  const users = named<UserEntry>(parsed, "users", "user");
  const contexts = named<{ cluster: string; user?: string }>(parsed, "contexts", "context");
  return {
    currentContext: parsed.map(({ data }) => data["current-context"]).find(isText) ?? "",
    contexts: [...contexts].map(([name, { entry, file }]) => {
      const cluster = clusters.get(entry.cluster)?.entry;
      if (!isText(cluster?.server)) {
        throw new Error(`${file}: context "${name}" names cluster "${entry.cluster}", which has no server`);
      }
      const user = entry.user ? users.get(entry.user)?.entry : {};
      if (!user) throw new Error(`${file}: context "${name}" names user "${entry.user}", which is not there`);
      return { name, cluster, user };
    }),
  };
}

interface ParsedFile {
  file: string;
  data: Record<string, unknown>;
}

async function parseFile(file: string): Promise<ParsedFile> {
  let data: unknown;
  try {
    data = load(await readFile(file, "utf8"));
  } catch (cause) {
    throw new Error(`kubeconfig ${file}: ${(cause as Error).message}`, { cause });
  }
  if (!isRecord(data))
    throw new Error(`kubeconfig ${file}: expected a map with clusters, users and contexts`);
  return { file, data };
}

function named<T>(files: ParsedFile[], list: string, key: string): Map<string, { entry: T; file: string }> {
  const found = new Map<string, { entry: T; file: string }>();
  for (const { file, data } of files) {
    for (const item of Array.isArray(data[list]) ? data[list] : []) {
      if (!isRecord(item) || !isText(item["name"]) || found.has(item["name"])) continue;
      const entry = absolutePaths(isRecord(item[key]) ? item[key] : {}, dirname(file));
      found.set(item["name"], { entry: entry as T, file });
    }
  }
  return found;
}

const FILE_FIELDS = ["certificate-authority", "client-certificate", "client-key", "tokenFile"];

const absolutePaths = (entry: Record<string, unknown>, folder: string): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(entry).map(([key, value]) => [
      key,
      FILE_FIELDS.includes(key) && isText(value) ? resolve(folder, value) : value,
    ]),
  );

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
