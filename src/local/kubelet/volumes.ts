// A pod's volumes as directories of this machine.
import { chmod, mkdir, realpath, writeFile } from "node:fs/promises";
import { dirname, join, normalize, relative, sep } from "node:path";
import type { Container, Volume } from "../../model/pod.ts";
import { type Files, type Lookups, MissingError } from "./lookups.ts";
import type { HostMount } from "./mounts.ts";

interface KeyPath {
  key: string;
  path: string;
  mode?: number;
}
interface Source {
  name?: string;
  secretName?: string;
  items?: KeyPath[];
  optional?: boolean;
  defaultMode?: number;
}
interface DownwardSource {
  items?: { path: string; fieldRef?: { fieldPath: string } }[];
}
interface ProjectedSource {
  secret?: Source;
  configMap?: Source;
  downwardAPI?: DownwardSource;
  serviceAccountToken?: object;
}

/** Fills `directory` as the volume says. Throws MissingError. */
export async function prepareVolume(volume: Volume, directory: string, from: Lookups): Promise<void> {
  if (volume.hostPath) throw new MissingError(`volume ${volume.name}: hostPath is not allowed on this node`);
  await mkdir(directory, { recursive: true });
  if (volume.emptyDir) return;
  const projected = volume["projected"] as { sources?: ProjectedSource[]; defaultMode?: number } | undefined;
  const sources = projected?.sources ?? [volume as unknown as ProjectedSource];
  for (const source of sources) {
    const mode = (source.secret ?? source.configMap)?.defaultMode ?? projected?.defaultMode ?? 0o644;
    const files = await filesOf(volume.name, source, from);
    for (const [path, file] of Object.entries(files))
      await place(directory, path, file.content, file.mode ?? mode);
  }
}

type PlacedFiles = Record<string, { content: Buffer; mode?: number }>;

async function filesOf(volume: string, source: ProjectedSource, from: Lookups): Promise<PlacedFiles> {
  const { secret, configMap, downwardAPI } = source;
  if (secret)
    return selected(await from.secret(secret.secretName ?? secret.name ?? "", secret.optional), secret);
  if (configMap) return selected(await from.configMap(configMap.name ?? "", configMap.optional), configMap);
  if (downwardAPI) {
    const items = (downwardAPI.items ?? []).map(({ path, fieldRef }) => [
      path,
      { content: Buffer.from(from.field(fieldRef?.fieldPath ?? "")) },
    ]);
    return Object.fromEntries(items) as PlacedFiles;
  }
  // A token for the API server: nothing here would accept one.
  if (source.serviceAccountToken) return {};
  const kind = Object.keys(source).filter((key) => key !== "name");
  throw new MissingError(`volume ${volume}: ${kind.join(", ") || "no source"} is not supported on this node`);
}

function selected(files: Files, { items, optional }: Source): PlacedFiles {
  const chosen = items ?? Object.keys(files).map((key): KeyPath => ({ key, path: key }));
  return Object.fromEntries(
    chosen.flatMap(({ key, path, mode }) => {
      const content = files[key];
      if (content === undefined && !optional)
        throw new MissingError(`references non-existent secret key: ${key}`);
      return content ? [[path, { content, mode }]] : [];
    }),
  );
}

async function place(directory: string, path: string, content: Buffer, mode: number): Promise<void> {
  const file = join(directory, path);
  if (!file.startsWith(`${directory}/`)) throw new MissingError(`path ${path} leaves its volume`);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
  await chmod(file, mode);
}

/** The container's mounts on this machine. Directories of subPaths are made. Throws MissingError. */
export async function containerMounts(
  container: Container,
  volumes: Map<string, string>,
): Promise<HostMount[]> {
  return await Promise.all(
    (container.volumeMounts ?? []).map(async ({ name, mountPath, subPath }) => {
      const volume = volumes.get(name);
      if (volume === undefined) throw new MissingError(`volume mount ${name} has no volume`);
      const inside = normalize(subPath ?? "").replace(/^\/+/, "");
      if (inside.startsWith("..")) throw new MissingError(`subPath ${subPath} leaves its volume`);
      if (!subPath) return { mountPath, hostPath: volume };
      return { mountPath, hostPath: await directoryInside(volume, inside) };
    }),
  );
}

/** Step by step, since an earlier container may have put a link into the volume that leads out of it. */
async function directoryInside(volume: string, inside: string): Promise<string> {
  await mkdir(volume, { recursive: true });
  const root = await realpath(volume);
  let path = root;
  for (const name of inside.split("/").filter(Boolean)) {
    const next = join(path, name);
    // What is there already may be a file, too.
    await mkdir(next).catch(() => {});
    path = await realpath(next);
    if (!path.startsWith(root + sep)) throw new MissingError(`subPath ${inside} leaves its volume by a link`);
  }
  return join(volume, relative(root, path));
}
