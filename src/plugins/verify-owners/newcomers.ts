// People whom a pull request puts into OWNERS files: those who are trusted, and those who are not.
import type { RepoRef } from "../../model/github.ts";
import type { Context } from "../plugin.ts";
import { isTrustedUser, type TriggerOptions } from "../trust.ts";

/** Each costs up to three requests. */
const MOST_LOOKED_UP = 50;

export class Newcomers {
  /** Files by who is not trusted; as Prow has it, without the first file that names them. */
  readonly untrusted = new Map<string, string[]>();
  /** Who was one too many to be looked up. */
  readonly unknown = new Set<string>();
  readonly #trusted = new Set<string>();
  readonly #repo: RepoRef;
  readonly #trust: TriggerOptions;
  readonly #context: Pick<Context, "bot" | "read">;

  constructor(repo: RepoRef, trust: TriggerOptions, context: Pick<Context, "bot" | "read">) {
    this.#repo = repo;
    this.#trust = trust;
    this.#context = context;
  }

  /** Somebody among them may not be trusted. */
  get areInDoubt(): boolean {
    return this.untrusted.size + this.unknown.size > 0;
  }

  /** Looks at those of them whom the patch of that file adds; where GitHub shows none, since it is long, at all. */
  async look(
    people: readonly string[],
    { path, patch }: { path: string; patch: string | undefined },
  ): Promise<void> {
    const added = patch === undefined ? undefined : addedItems(patch);
    for (const person of people) {
      if (person === "" || (added && !added.has(person))) continue;
      const files = this.untrusted.get(person);
      if (files) {
        if (!files.includes(path)) files.push(path);
      } else if (!this.#trusted.has(person)) await this.#lookUp(person);
    }
  }

  async #lookUp(person: string): Promise<void> {
    if (this.untrusted.size + this.#trusted.size > MOST_LOOKED_UP) this.unknown.add(person);
    else if (await isTrustedUser(person, this.#repo, this.#trust, this.#context)) this.#trusted.add(person);
    else this.untrusted.set(person, []);
  }
}

const ITEM = /\+\s*-\s*\b(.+)/g;

/** Items of lists in lines that the patch adds, looked for once: a file may name thousands. */
function addedItems(patch: string): ReadonlySet<string> {
  const lines = [...patch.matchAll(ITEM)].map(([, line = ""]) => line.replace(/\s#.*/, "").trimEnd());
  return new Set(lines.flatMap((line) => [line, line.split(/\s/, 1)[0]!]));
}
