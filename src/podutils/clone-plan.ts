// The git commands that put a base and its pull requests into a directory. Pure, and the order is part of the protocol.
import { posix } from "node:path";
import { isRefName } from "../model/ref-name.ts";
import { clonePath, type Pull, type Refs } from "../model/refs.ts";

export interface GitCommand {
  args: string[];
  /** Added to the environment. */
  env?: Record<string, string>;
  /** Talks to the server: tried again when it fails, and given the token. */
  fetches?: boolean;
}

export const cloneDirectory = (root: string, refs: Refs): string => posix.join(root, "src", clonePath(refs));

export const cloneURI = (refs: Refs): string =>
  refs.clone_uri ||
  (refs.repo_link ? `${refs.repo_link}.git` : `https://github.com/${refs.org}/${refs.repo}.git`);

const SHA = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;
const URI = /^(?:(?:https?|ssh|git|file):\/\/[^-]|\/|[A-Za-z0-9_.]+@[A-Za-z0-9][A-Za-z0-9.-]*:)[^\0-\x20]*$/;

/** Why these refs must not reach git, or undefined. They come from outside: branch names, API payloads, job files. */
export function unsafeRefs(refs: Refs): string | undefined {
  const uri = cloneURI(refs);
  if (!URI.test(uri)) return `clone URI ${JSON.stringify(uri)} is not an http, https, ssh, git or file URL`;
  if (!refs.base_ref) return "base_ref is missing";
  if (!isRefName(refs.base_ref)) return `base_ref ${JSON.stringify(refs.base_ref)} is not a git ref`;
  if (refs.base_sha && !SHA.test(refs.base_sha))
    return `base_sha ${JSON.stringify(refs.base_sha)} is not a commit`;
  const path = clonePath(refs);
  if (path.split("/").some((name) => name === "." || name === "..") || /[\0-\x1f]/.test(path)) {
    return `the clone path ${JSON.stringify(path)} leaves the source root or may do so`;
  }
  if (path.split("/").every((name) => name === "")) return "the clone path is empty";
  return (refs.pulls ?? []).map(unsafePull).find((problem) => problem !== undefined);
}

function unsafePull({ number, sha, ref }: Pull): string | undefined {
  if (!Number.isSafeInteger(number)) return `pull number ${JSON.stringify(number)} is not a number`;
  if (sha && !SHA.test(sha)) return `pull ${number}: ${JSON.stringify(sha)} is not a commit`;
  if (ref && !isRefName(ref)) return `pull ${number}: ${JSON.stringify(ref)} is not a git ref`;
  return undefined;
}

const isSparse = (refs: Refs): boolean => (refs.sparse_checkout_files?.length ?? 0) > 0;
const filters = (refs: Refs): string[] =>
  refs.blobless_fetch || isSparse(refs) ? ["--filter=blob:none"] : [];
const fetch = (...args: string[]): GitCommand => ({ args: ["fetch", ...args], fetches: true });

/** From an empty directory to the base, checked out as the branch `base_ref`. */
export function baseCommands(
  refs: Refs,
  user: { name?: string; email?: string },
  cookieFile?: string,
): GitCommand[] {
  const uri = cloneURI(refs);
  const sparse = isSparse(refs);
  const commands: GitCommand[] = [{ args: ["init"] }];
  const config = (key: string, value?: string) => value && commands.push({ args: ["config", key, value] });
  config("user.name", user.name);
  config("user.email", user.email);
  // With submodules the cookies are configured for all repositories at once.
  if (refs.skip_submodules) config("http.cookiefile", cookieFile);
  if (sparse) commands.push({ args: ["sparse-checkout", "init"] });

  const narrow = [...(refs.clone_depth ? ["--depth", String(refs.clone_depth)] : []), ...filters(refs)];
  if (!refs.skip_fetch_head && !sparse) {
    commands.push(fetch(...narrow, "--tags", "--prune", "--end-of-options", uri));
  }
  const tags = sparse ? ["--no-tags"] : [];
  commands.push(fetch(...narrow, ...tags, "--end-of-options", uri, refs.base_sha || refs.base_ref || ""));
  if (sparse) commands.push({ args: ["sparse-checkout", "set", ...(refs.sparse_checkout_files ?? [])] });

  // A branch that is checked out cannot be moved: stand on the commit, move it, then stand on the branch.
  const target = refs.base_sha || "FETCH_HEAD";
  const branch = refs.base_ref ?? "";
  commands.push({ args: ["checkout", target] }, { args: ["branch", "--force", branch, target] });
  commands.push({ args: ["checkout", branch] });
  return commands;
}

/**
 * Merges each pull request in turn. Its commit is dated one second after the last, from the base commit's own date
 * (`baseSeconds`), so that every container that clones the same refs gets the same SHAs.
 */
export function pullCommands(refs: Refs, baseSeconds: number): GitCommand[] {
  const uri = cloneURI(refs);
  const commands = (refs.pulls ?? []).flatMap((pull, index): GitCommand[] => {
    const date = String(baseSeconds + index + 1);
    const ref = pull.ref || pull.sha || `pull/${pull.number}/head`;
    return [
      fetch(...filters(refs), "--end-of-options", uri, ref),
      {
        args: ["merge", "--no-ff", pull.sha || "FETCH_HEAD"],
        env: { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date },
      },
    ];
  });
  if (!refs.skip_submodules) commands.push({ args: ["submodule", "update", "--init", "--recursive"] });
  return commands;
}
