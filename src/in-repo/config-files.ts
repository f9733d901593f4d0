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
/** Characters of all ignore files times those of all paths: each pattern is held against each path. */
const MOST_STEPS = 10_000_000;

type Texts = (files: readonly TreeFile[]) => Promise<ReadonlyMap<string, string>>;

/** In the order in which Prow reads them. `texts` gives contents by SHA. */
export async function configFiles(files: readonly TreeFile[], texts: Texts): Promise<TreeFile[]> {
  const itself = files.find(({ path }) => path === DIRECTORY);
  if (itself?.kind === "file")
    throw new InRepoConfigError(`${DIRECTORY} is a file: make it a directory, or call it ${FILE}`);
  const below = files.filter(({ path }) => path.startsWith(`${DIRECTORY}/`));
  // What else there can be of that name, a link or a submodule, is a directory without anything to read.
  const isDirectory = below.length > 0 || itself !== undefined;
  if (!isDirectory) {
    const single = files.find(({ path }) => path === FILE);
    return single && single.kind !== "submodule" ? resolveLinks(small([single]), files, texts) : [];
  }
  const yaml = below.filter(({ path, kind }) => kind !== "submodule" && /\.ya?ml$/.test(path));
  const isIgnored = await ignored(yaml, files, texts);
  const wanted = yaml.filter(({ path }) => !isIgnored(path)).sort(inWalkOrder);
  return resolveLinks(small(wanted), files, texts);
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

async function ignored(
  yaml: readonly TreeFile[],
  files: readonly TreeFile[],
  texts: Texts,
): Promise<(path: string) => boolean> {
  const isIgnoreFile = ({ path, kind }: TreeFile) =>
    kind === "file" && (path === IGNORE_FILE || path.endsWith(`/${IGNORE_FILE}`));
  const ignoreFiles = small(files.filter(isIgnoreFile));
  const contents = await texts(ignoreFiles);
  const byDirectory = new Map(
    ignoreFiles.map(({ path, sha }) => [path.slice(0, -IGNORE_FILE.length - 1), contents.get(sha) ?? ""]),
  );
  const lengths = (all: Iterable<string>) => [...all].reduce((sum, { length }) => sum + length, 0);
  const patterns = lengths(byDirectory.values());
  if (patterns * lengths(yaml.map(({ path }) => path)) > MOST_STEPS)
    throw new InRepoConfigError(
      `${IGNORE_FILE}: ${patterns} characters of patterns are too much to hold ${yaml.length} files against`,
    );
  return ignoredBy((directory) => {
    const text = byDirectory.get(directory);
    return text === undefined ? undefined : parseIgnoreFile(text);
  });
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
  return wanted.map((file) => {
    if (file.kind !== "link") return file;
    const base = `file:///${file.path}`;
    const target = decodeURIComponent(new URL(targets.get(file.sha) ?? "", base).pathname).slice(1);
    const found = files.find(({ path, kind }) => path === target && kind === "file");
    if (!found)
      throw new InRepoConfigError(
        `${file.path} is a link to ${target}, which is no file of ${DIRECTORY}, ${FILE} or ${IGNORE_FILE}`,
      );
    return { ...found, path: file.path };
  });
}
