// Commits picked onto another one without a work tree, and pushed.
import { GitError } from "./error.ts";
import type { Mirror } from "./mirror.ts";
import type { Picks } from "./port.ts";

/** A commit as git stores it, each byte a character. */
interface Commit {
  tree: string;
  parents: string[];
  /** `author` and `encoding`, as they are. */
  headers: string[];
  message: string;
}

export async function cherryPick(
  mirror: Mirror,
  { onto, commits, committer }: Picks,
): Promise<{ sha: string } | { conflict: string }> {
  const originals = await mirror.commits([onto, ...commits]);
  const read = (sha: string) => parse(originals.get(sha) ?? "");
  const told: string[] = [];
  let tip = { sha: onto, tree: read(onto).tree };
  for (const [index, sha] of commits.entries()) {
    const commit = read(sha);
    const subject = subjectOf(commit);
    told.push(`Applying: ${subject}`);
    const merged = await pickTree(mirror, tip, { sha, ...commit });
    told.push(...merged.told);
    if (!("tree" in merged)) {
      const place = `${String(index + 1).padStart(4, "0")} ${subject}`;
      told.push("error: Failed to merge in the changes.", `Patch failed at ${place}`);
      return { conflict: told.join("\n") };
    }
    if (merged.tree === tip.tree) told.push("No changes -- Patch already applied.");
    else tip = { tree: merged.tree, sha: await write(mirror, commit, merged.tree, tip.sha, committer) };
  }
  return { sha: tip.sha };
}

function parse(text: string): Commit {
  const end = text.indexOf("\n\n");
  // A line that begins with a space goes on with the header before it.
  const headers = text.slice(0, end).replaceAll("\n ", "\0 ").split("\n");
  const all = (name: string) => headers.filter((line) => line.startsWith(`${name} `));
  return {
    tree: all("tree")[0]?.slice("tree ".length) ?? "",
    parents: all("parent").map((line) => line.slice("parent ".length)),
    headers: [...all("author"), ...all("encoding")],
    message: text.slice(end + 2),
  };
}

/** Anybody's words, in one line. */
const subjectOf = ({ message }: Commit): string =>
  oneLine(Buffer.from(message.split("\n", 1)[0] ?? "", "latin1").toString("utf8"));

const oneLine = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029]+/gu, " ").trim();

/**
 * A pick is a merge whose base is the commit's parent, so the tip's tree is given that parent. `told` is what git says
 * of it, a line each: names of files in it are anybody's.
 */
async function pickTree(
  mirror: Mirror,
  tip: { tree: string },
  { sha, parents }: { sha: string; parents: string[] },
): Promise<{ tree: string; told: string[] } | { told: string[] }> {
  const [parent] = parents;
  if (!parent || parents.length > 1) return { told: [`${sha} has ${parents.length} parents, not one.`] };
  const standIn = await mirror.check(["commit-tree", "-m", "pick", "-p", parent, tip.tree]);
  const how = ["merge-tree", "--write-tree", "-z", "--messages", "--end-of-options"];
  const { code, stdout, stderr } = await mirror.run([...how, standIn, sha]);
  if (code !== 0 && code !== 1)
    throw new GitError(`git merge-tree of ${sha} onto ${standIn} failed (${code}): ${stderr.trim()}`);
  const [tree = "", ...rest] = stdout.split("\0");
  return code === 0 ? { tree, told: [] } : { told: messages(rest) };
}

/** After the names of the files in conflict and an empty field: a count, so many paths, a kind, and the message. */
function messages(fields: readonly string[]): string[] {
  const told: string[] = [];
  for (let at = fields.indexOf("") + 1; at > 0 && at < fields.length; ) {
    const paths = Number(fields[at]);
    const message = fields[at + paths + 2];
    if (!Number.isInteger(paths) || message === undefined) break;
    told.push(oneLine(message));
    at += paths + 3;
  }
  return told;
}

/** Times are in whole seconds; the zone is UTC. */
async function write(
  mirror: Mirror,
  { headers, message }: Commit,
  tree: string,
  parent: string,
  { name, email, date }: Picks["committer"],
): Promise<string> {
  const who = `${person(name)} <${person(email)}> ${Math.floor(date.getTime() / 1000)} +0000`;
  const [author = "", ...encoding] = headers;
  const committer = Buffer.from(`committer ${who}`).toString("latin1");
  const lines = [`tree ${tree}`, `parent ${parent}`, author, committer, ...encoding, "", message];
  const text = Buffer.from(lines.join("\n"), "latin1");
  return mirror.check(["hash-object", "-t", "commit", "-w", "--stdin"], text);
}

/** git's own rule for what a name may not hold. */
const person = (text: string): string => text.replace(/[<>\n\0]/g, "");
