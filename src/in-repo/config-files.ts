// Which files of a repository are its configuration: the directory .prow without what .prowignore names, else .prow.yaml.
import type { TreeFile } from "../git/port.ts";
import { InRepoConfigError } from "../jobs/repo-jobs.ts";
import { parseIgnoreFile } from "../lib/ignore-file.ts";
import { ignoredBy } from "../lib/ignore-tree.ts";

const DIRECTORY = ".prow";
const FILE = ".prow.yaml";
const IGNORE_FILE = ".prowignore";

/** Entries of the root that matter. */
export const ENTRIES: readonly string[] = [DIRECTORY, FILE, IGNORE_FILE];

/** Bytes together. Anybody may open a pull request, and what it has is read before anybody trusts it. */
const MOST_BYTES = 5_000_000;
/** Fifty of them cost a request. */
const MOST_FILES = 1_000;
/** Of any kind in the directory, ignored ones too: each is looked at, and git can name 300,000 in one small push. */
const MOST_PATHS = 10_000;
/** Characters of all ignore files times those of all paths and directories: each pattern is held against each. */
const MOST_STEPS = 10_000_000;

type Texts = (files: readonly TreeFile[]) => Promise<ReadonlyMap<string, string>>;

/** In the order in which Prow reads them. `texts` gives contents by SHA. */
export async function configFiles(files: readonly TreeFile[], texts: Texts): Promise<TreeFile[]> {
  const itself = files.find(({ path }) => path === DIRECTORY);
  if (itself?.kind === "file")
    throw new InRepoConfigError(`${DIRECTORY} is a file: make it a directory, or call it ${FILE}`);
  const below = files.filter(({ path }) => path.startsWith(`${DIRECTORY}/`));
  if (below.length > MOST_PATHS)
    throw new InRepoConfigError(
      `${DIRECTORY} has ${below.length} files, at most ${MOST_PATHS} are looked at, ignored ones too: move what is no configuration out of it`,
    );
  // What else there can be of that name, a link or a submodule, is a directory without anything to read.
  const isDirectory = below.length > 0 || itself !== undefined;
  if (!isDirectory) {
    const single = files.find(({ path }) => path === FILE);
    return single && single.kind !== "submodule" ? resolveLinks(small([single]), files, texts) : [];
  }
  const yaml = below.filter(({ path, kind }) => kind !== "submodule" && /\.ya?ml$/.test(path));
  const wanted = small(await withoutIgnored(yaml, files, texts)).sort(inWalkOrder);
  return resolveLinks(wanted, files, texts);
}

function small(files: TreeFile[]): TreeFile[] {
  if (files.length > MOST_FILES)
    throw new InRepoConfigError(
      `${files[0]!.path} and more: ${files.length} files of configuration, at most ${MOST_FILES} are read`,
    );
  const bytes = files.reduce((sum, { size = 0 }) => sum + size, 0);
  if (bytes <= MOST_BYTES) return files;
  const paths = files.map(({ path }) => path).join(", ");
  throw new InRepoConfigError(`${paths}: ${bytes} bytes of configuration, at most ${MOST_BYTES} are read`);
}

async function withoutIgnored(
  yaml: TreeFile[],
  files: readonly TreeFile[],
  texts: Texts,
): Promise<TreeFile[]> {
  const isIgnoreFile = ({ path, kind }: TreeFile) =>
    kind === "file" && (path === IGNORE_FILE || path.endsWith(`/${IGNORE_FILE}`));
  const ignoreFiles = small(files.filter(isIgnoreFile));
  if (ignoreFiles.length === 0) return yaml;
  const contents = await texts(ignoreFiles);
  const byDirectory = new Map<string, string>();
  let patterns = 0;
  for (const { path, sha } of ignoreFiles) {
    const text = contents.get(sha) ?? "";
    if (text !== "") byDirectory.set(path.slice(0, -IGNORE_FILE.length - 1), text);
    patterns += text.length;
  }
  if (patterns === 0) return yaml;
  if (patterns * lookedAt(yaml) > MOST_STEPS)
    throw new InRepoConfigError(
      `${IGNORE_FILE}: ${patterns} characters of patterns are too much to hold ${yaml.length} files and their directories against: write fewer patterns, or move files out of ${DIRECTORY}`,
    );
  const isIgnored = ignoredBy((directory) => {
    const text = byDirectory.get(directory);
    return text === undefined ? undefined : parseIgnoreFile(text);
  });
  return yaml.filter(({ path }) => !isIgnored(path));
}

/** Characters of all paths and of each directory on the way to them, counted no further than `MOST_STEPS`. */
function lookedAt(files: readonly TreeFile[]): number {
  const directories = new Set<string>();
  let sum = 0;
  for (const { path } of files) {
    sum += path.length;
    for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) {
      const directory = path.slice(0, end);
      if (sum > MOST_STEPS || directories.has(directory)) break;
      directories.add(directory);
      sum += end;
    }
  }
  return sum;
}

/** Directory by directory, names in the order of their bytes. */
function inWalkOrder(a: TreeFile, b: TreeFile): number {
  const [left, right] = [a.path.split("/"), b.path.split("/")];
  const at = left.findIndex((part, i) => part !== right[i]);
  return at === -1 ? 0 : Buffer.compare(Buffer.from(left[at]!), Buffer.from(right[at] ?? ""));
}

/** A link to another of the files has its content; nothing else can be linked to. */
async function resolveLinks(
  wanted: TreeFile[],
  files: readonly TreeFile[],
  texts: Texts,
): Promise<TreeFile[]> {
  const links = wanted.filter(({ kind }) => kind === "link");
  if (links.length === 0) return wanted;
  const targets = await texts(links);
  const byPath = new Map(files.filter(({ kind }) => kind === "file").map((file) => [file.path, file]));
  return wanted.map((file) => {
    if (file.kind !== "link") return file;
    const base = `file:///${file.path}`;
    const target = decodeURIComponent(new URL(targets.get(file.sha) ?? "", base).pathname).slice(1);
    const found = byPath.get(target);
    if (!found)
      throw new InRepoConfigError(
        `${file.path} is a link to ${target}, which is no file of ${DIRECTORY}, ${FILE} or ${IGNORE_FILE}`,
      );
    return { ...found, path: file.path };
  });
}
