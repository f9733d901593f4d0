// Object storage in a directory: for local mode, and wherever a shared file system is the bucket.
import { randomUUID } from "node:crypto";
import { constants, type Dirent } from "node:fs";
import { link, lstat, mkdir, open, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";
import { StorageError } from "./error.ts";
import { parseObjectURL, parsePrefixURL } from "./object-url.ts";
import type { BlobStore, Content, ListPage, ObjectInfo, WriteOptions } from "./port.ts";

/** Beside the objects of each directory: their content types and metadata, and writes under way. Never listed. */
const HIDDEN = ".cutwater";
const PAGE_SIZE = 1000;

export interface DirectoryOptions {
  /** `gs://bucket/key` and `s3://bucket/key` are root/bucket/key, and `file:` URLs must lie below it. Without it, only `file:`. */
  root?: string;
}

export function directoryStorage(options: DirectoryOptions): BlobStore {
  const root = options.root === undefined ? undefined : resolve(options.root);
  const locate = (url: string) => locateUnder(root, url);
  return {
    async stat(url) {
      const { path } = await locate(url);
      return (await infoOf(url, path))?.info;
    },
    async read(url, range) {
      const { path } = await locate(url);
      return readFrom(url, path, range);
    },
    async list(prefixUrl, options) {
      parsePrefixURL(prefixUrl);
      const { path } = await locate(prefixUrl);
      return listUnder(prefixUrl, path, options);
    },
    sign: async () => undefined,
    async write(url, content, options = {}) {
      const { path, base } = await locate(url);
      if (!url || url.endsWith("/")) throw new StorageError(400, `${url} names no object`);
      await writeTo(url, path, base, content, options);
    },
  };
}

/** The file of an object. A symbolic link on the way is refused: it could lead out of the storage. */
async function locateUnder(root: string | undefined, url: string): Promise<{ path: string; base: string }> {
  const { scheme, bucket, key } = parseObjectURL(url);
  const segments = key.replace(/\/$/, "").split("/");
  if (
    key !== "" &&
    key !== "/" &&
    segments.some((part) => !part || part === "." || part === ".." || part === HIDDEN)
  ) {
    throw new StorageError(400, `${url} has a path segment that a directory cannot hold`);
  }
  if (key.includes("\0")) throw new StorageError(400, `${JSON.stringify(url)} contains a NUL`);
  const path = scheme === "file" ? `/${segments.join("/")}` : join(root ?? "", bucket, ...segments);
  if (root === undefined) {
    if (scheme !== "file")
      throw new StorageError(400, `${url}: only file:// URLs without a storage directory`);
    return { path, base: dirname(path) };
  }
  if (path !== root && !path.startsWith(root.endsWith("/") ? root : `${root}/`)) {
    throw new StorageError(403, `${url} lies outside the storage directory ${root}`);
  }
  await refuseLinks(root, path, url);
  return { path, base: root };
}

async function refuseLinks(root: string, path: string, url: string): Promise<void> {
  let current = root;
  for (const part of path.slice(root.length).split("/").filter(Boolean)) {
    current = join(current, part);
    const found = await lstat(current).catch(() => undefined);
    if (!found) return;
    if (found.isSymbolicLink())
      throw new StorageError(403, `${url} passes through the symbolic link ${current}`);
  }
}

type Attributes = Pick<ObjectInfo, "contentType" | "contentEncoding" | "metadata">;

const attributesFile = (path: string): string => join(dirname(path), HIDDEN, `${basename(path)}.json`);

async function attributesOf(path: string): Promise<Attributes> {
  const text = await readFile(attributesFile(path), "utf8").catch(() => undefined);
  return text ? (JSON.parse(text) as Attributes) : {};
}

async function infoOf(url: string, path: string): Promise<{ info: ObjectInfo } | undefined> {
  const found = await lstat(path).catch(ignoreMissing);
  if (!found?.isFile()) return undefined;
  return {
    info: { url, size: found.size, updated: found.mtime.toISOString(), ...(await attributesOf(path)) },
  };
}

async function readFrom(
  url: string,
  path: string,
  range: { start: number; end?: number } | undefined,
): Promise<ReadableStream<Uint8Array>> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW).catch(ignoreMissing);
  const size = file && (await file.stat()).isFile() ? (await file.stat()).size : undefined;
  if (!file || size === undefined) {
    await file?.close();
    throw new StorageError(404, `${url} does not exist`);
  }
  const start = range?.start ?? 0;
  const end = Math.min(range?.end ?? size, size);
  if (start >= end) {
    await file.close();
    return new Blob([]).stream();
  }
  const stream = file.createReadStream({ start, end: end - 1, autoClose: true });
  return Readable.toWeb(stream) as ReadableStream<Uint8Array>;
}

async function listUnder(
  prefixUrl: string,
  path: string,
  { pageSize = PAGE_SIZE, page = "" }: { pageSize?: number; page?: string } = {},
): Promise<ListPage> {
  const entries = (await readdir(path, { withFileTypes: true }).catch(ignoreMissing)) ?? [];
  const names = entries.flatMap(listedName).sort();
  const rest = page ? names.filter((name) => name > page) : names;
  const shown = rest.slice(0, pageSize);
  const infos = await Promise.all(
    shown.filter((name) => !name.endsWith("/")).map((name) => infoOf(prefixUrl + name, join(path, name))),
  );
  return {
    objects: infos.flatMap((found) => (found ? [found.info] : [])),
    prefixes: shown.filter((name) => name.endsWith("/")).map((name) => prefixUrl + name),
    ...(rest.length > shown.length && { next: shown.at(-1) }),
  };
}

function listedName(entry: Dirent): string[] {
  if (entry.name === HIDDEN) return [];
  if (entry.isDirectory()) return [`${entry.name}/`];
  return entry.isFile() ? [entry.name] : [];
}

/** Readers see the old object or the new one: written aside, then renamed (or linked, which fails if one exists). */
async function writeTo(
  url: string,
  path: string,
  base: string,
  content: Content,
  { contentType, contentEncoding, metadata, ifAbsent }: WriteOptions,
): Promise<void> {
  const aside = join(dirname(path), HIDDEN);
  const temporary = join(aside, `${randomUUID()}.tmp`);
  try {
    await mkdir(aside, { recursive: true });
    if (base !== dirname(path)) await refuseLinks(base, aside, url);
    await writeContent(temporary, content);
    if (ifAbsent) await link(temporary, path);
    const attributes = { contentType, contentEncoding, metadata };
    if (Object.values(attributes).some((value) => value !== undefined)) {
      const described = join(aside, `${randomUUID()}.tmp`);
      await writeFile(described, JSON.stringify(attributes));
      await rename(described, attributesFile(path));
    } else await rm(attributesFile(path), { force: true });
    if (!ifAbsent) await rename(temporary, path);
  } catch (error) {
    throw writeError(url, error);
  } finally {
    await rm(temporary, { force: true });
  }
}

async function writeContent(path: string, content: Content): Promise<void> {
  if (!(content instanceof ReadableStream)) return await writeFile(path, content);
  const file = await open(path, "w");
  await pipeline(Readable.fromWeb(content as NodeReadableStream), file.createWriteStream());
}

function writeError(url: string, error: unknown): Error {
  if (error instanceof StorageError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "EEXIST") return new StorageError(412, `${url} exists already`, { cause: error });
  if (code === "EISDIR" || code === "ENOTDIR") {
    const why = "a directory cannot hold both an object and objects below it";
    return new StorageError(409, `${url} can not be written: ${why}`, { cause: error });
  }
  return new StorageError(0, `${url} can not be written: ${message}`, { cause: error });
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (["ENOENT", "ENOTDIR", "ELOOP", "EISDIR", "ENAMETOOLONG"].includes(error.code ?? "")) return undefined;
  throw new StorageError(0, error.message, { cause: error });
}
