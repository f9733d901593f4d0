// Pull requests, the people who push meanwhile, and who checks of each merge whether just that was tested.
import type { Clock } from "../../src/lib/clock.ts";
import type { TestGitHub } from "../local/github/world.ts";
import type { JobStore } from "./world.ts";

const lib = { owner: "acme", repo: "lib" };
const OLD_BASE = "0".repeat(40);
const OPEN_AT_ONCE = 4;
/** On average somebody pushes so often. */
const PUSH_EVERY_MS = 15_000;
/** A look is that fresh: GitHub takes no condition on the base, so what happens within cannot be known. */
const FRESH_MS = 1_000 + 2 * 400;

interface Onto {
  root: string;
  heads: readonly string[];
}

export class Rounds {
  merged = 0;
  readonly untested: string[] = [];
  /** The base moved within the time in which nobody can know, as is counted apart. */
  unknowable = 0;
  #pushes = { heads: 0, base: 0 };
  #batches = 0;
  #next = 0;
  #looked = 0;
  #baseMoved = 0;
  #serial = 0;
  #state: number;
  /** What each base that we made consists of. */
  readonly #onto = new Map<string, Onto>();
  /** On which base each head was tested when it was pushed. */
  readonly #heads = new Map<string, string>();
  readonly #world: { github: TestGitHub; jobs: JobStore; clock: Pick<Clock, "now"> };

  constructor({
    seed,
    ...world
  }: { github: TestGitHub; jobs: JobStore; clock: Pick<Clock, "now">; seed: number }) {
    this.#world = world;
    this.#state = seed;
  }

  random = (): number => {
    this.#state = (this.#state * 48_271) % 2_147_483_647;
    return this.#state / 2_147_483_647;
  };

  #now = (): number => this.#world.clock.now().getTime();
  #alice = () => this.#world.github.as("alice");

  async #open(): Promise<{ number: number; branch: string; sha: string }[]> {
    const { data } = await this.#alice().pulls.list({ ...lib, state: "open", per_page: 100 });
    return data.map(({ number, head }) => ({ number, branch: head.ref, sha: head.sha }));
  }

  async #base(): Promise<string> {
    return (await this.#alice().git.getRef({ ...lib, ref: "heads/main" })).data.object.sha;
  }

  async #push(branch: string): Promise<void> {
    const nth = ++this.#serial;
    const content = Buffer.from(`${nth}\n`).toString("base64");
    await this.#alice().repos.createOrUpdateFileContents({
      ...{ ...lib, branch, content, path: `files/${nth}.txt`, message: `push ${nth}` },
    });
  }

  /** As many pull requests as there are to be. */
  async prepare(): Promise<void> {
    for (let open = (await this.#open()).length; open < OPEN_AT_ONCE; open++) {
      const branch = `change-${++this.#serial}`;
      await this.#alice().git.createRef({ ...lib, ref: `refs/heads/${branch}`, sha: await this.#base() });
      await this.#push(branch);
      const { data } = await this.#alice().pulls.create({
        ...lib,
        title: branch,
        head: branch,
        base: "main",
      });
      await this.#alice().issues.addLabels({ ...lib, issue_number: data.number, labels: ["lgtm"] });
    }
    for (const { sha } of await this.#open()) if (!this.#heads.has(sha)) await this.#testHead(sha);
  }

  /** As hook has it done when a head is pushed; the base has moved since for most. */
  async #testHead(sha: string): Promise<void> {
    const base = this.random() < 0.2 ? await this.#base() : OLD_BASE;
    this.#heads.set(sha, base);
    await this.#tell(sha, base, "success");
  }

  /** What people have done by now. */
  async catchUp(): Promise<void> {
    if (this.#next === 0) this.#plan();
    while (this.#now() >= this.#next) {
      this.#plan();
      const open = await this.#open();
      const one = open[Math.floor(this.random() * open.length)];
      if (this.random() < 0.5 || !one) {
        await this.#push("main");
        this.#baseMoved = this.#now();
        this.#pushes.base += 1;
      } else {
        await this.#push(one.branch);
        this.#pushes.heads += 1;
      }
    }
  }

  #plan(): void {
    this.#next = Math.max(this.#next, this.#now()) + Math.floor(-Math.log(this.random()) * PUSH_EVERY_MS);
  }

  /** Tide asks for what the base is. */
  looked(): void {
    this.#looked = this.#now();
  }

  /** What is merged is checked once it is; a refusal merges nothing. */
  async merging([pull, how]: readonly unknown[]): Promise<(base: string) => void> {
    const { sha } = how as { sha: string };
    const base = await this.#base();
    const { number } = pull as { number: number };
    return (made) => {
      this.merged += 1;
      const known = this.#onto.get(base);
      const ways: Onto[] = [{ root: base, heads: [sha] }];
      if (known) ways.push({ root: known.root, heads: [...known.heads, sha] });
      const way = ways.find((one) => this.#isTested(one));
      this.#onto.set(made, way ?? ways[0]!);
      if (way && way.heads.length > 1) this.#batches += 1;
      if (way) return;
      if (this.#baseMoved >= this.#looked && this.#now() - this.#looked < FRESH_MS) this.unknowable += 1;
      else this.untested.push(`#${number} at ${sha} onto ${base}`);
    };
  }

  /** All of these heads were among those of a run that passed. */
  #isTested({ root, heads }: Onto): boolean {
    if (heads.length === 1 && this.#heads.get(heads[0]!) === root) return true;
    return this.#world.jobs.list().some(({ spec, status }) => {
      const tested = new Set(spec.refs?.pulls?.map((one) => one.sha));
      return (
        status.state === "success" && spec.refs?.base_sha === root && heads.every((head) => tested.has(head))
      );
    });
  }

  /** Every job that runs comes to its end; one in ten fails. What a single one says stands on GitHub. */
  async finishJobs(): Promise<void> {
    for (const job of this.#world.jobs.list().filter(({ status }) => !status.completionTime)) {
      const state = this.random() < 0.1 ? "failure" : "success";
      const completionTime = this.#world.clock.now().toISOString();
      this.#world.jobs.put({ ...job, status: { ...job.status, state, completionTime } });
      const [pull, ...others] = job.spec.refs?.pulls ?? [];
      if (pull && others.length === 0) await this.#tell(pull.sha, job.spec.refs?.base_sha ?? "", state);
    }
  }

  async #tell(sha: string, base: string, state: "success" | "failure"): Promise<void> {
    const description = `Job ended. BaseSHA:${base}`;
    const status = { ...lib, sha, state, context: "unit", description };
    await this.#world.github.as("bot").repos.createCommitStatus(status);
  }

  summary = (): string =>
    `${this.merged} merges (${this.#batches} as part of a batch), ${this.#pushes.heads} pushes to heads and ` +
    `${this.#pushes.base} to the base meanwhile: ${this.untested.length} untested; ${this.unknowable} within the ` +
    "second in which GitHub cannot be told of a condition";
}
