// A repository as plain data, for plugins: it answers reads, makes events, and takes effects as GitHub would.
import type { Config } from "../../src/config/config.ts";
import type { Postsubmit, Presubmit } from "../../src/config/job.ts";
import { type OwnersOptions, pluginsConfig } from "../../src/config/plugins-config.ts";
import type { GitHubRead } from "../../src/github/port.ts";
import { centralJobs } from "../../src/jobs/repo-jobs.ts";
import type { KubeRead } from "../../src/kube/port.ts";
import { silent } from "../../src/lib/logger.ts";
import type { Effect } from "../../src/model/effect.ts";
import type { CommentEvent, Event, PullRequestEvent, PushEvent, ReviewEvent } from "../../src/model/event.ts";
import type {
  ChangedFile,
  IssueComment,
  ListedIssueEvent,
  PullRequest,
  Review,
  ReviewState,
  Status,
} from "../../src/model/github.ts";
import type { ProwJob } from "../../src/model/prowjob.ts";
import type { Context, Plugin } from "../../src/plugins/plugin.ts";

export const ORG = "acme";
export const REPO = { org: ORG, repo: "lib" };
export const BOT = "ci-robot";
const URL = "https://github.com/acme/lib";

export interface Options {
  members?: string[];
  collaborators?: string[];
  /** Members by slug. */
  teams?: Record<string, string[]>;
  /** Texts on the base branch. */
  files?: Record<string, string>;
  /** Files that are no text. */
  binaries?: Record<string, Uint8Array>;
  repositoryLabels?: string[];
  presubmits?: (Partial<Presubmit> & { name: string })[];
  postsubmits?: (Partial<Postsubmit> & { name: string })[];
  /** plugins.yaml, by key. */
  plugins?: Record<string, unknown>;
  owners?: OwnersOptions;
  /** Pull requests that the search for merged ones finds. */
  merged?: number;
  random?: () => number;
  web?: typeof fetch;
  /** Files on the machine of hook, by path. */
  local?: Record<string, string>;
  tide?: object;
  /** What else can be asked, or is answered otherwise. */
  answers?: Partial<GitHubRead>;
}

export interface IssueOptions {
  by?: string;
  title?: string;
  body?: string;
  labels?: string[];
  assignees?: string[];
  state?: "open" | "closed";
  draft?: boolean;
  mergeable?: boolean | null;
  /** Whether it is merged; `state` is "closed" then. */
  merged?: boolean;
  base?: string;
  files?: (string | Partial<ChangedFile>)[];
  /** What else there is to the pull request. */
  pull?: Partial<PullRequest>;
}

const defaults = (name: string) => ({
  agent: "kubernetes",
  cluster: "default",
  namespace: "pods",
  context: name,
});

export class World {
  readonly options: Options;
  /** Names of the reads made, in order. */
  readonly reads: string[] = [];
  readonly issues = new Map<number, Issue>();
  readonly statuses: Status[] = [];
  readonly jobs: ProwJob[] = [];
  /** SHA of its tree by commit. */
  readonly trees = new Map<string, string>();
  private ids = 100;

  constructor(options: Options = {}) {
    this.options = options;
  }

  nextId(): number {
    return this.ids++;
  }

  issue(options: IssueOptions = {}): Issue {
    return this.add(options, false);
  }

  pr(options: IssueOptions = {}): Issue {
    return this.add(options, true);
  }

  private add(options: IssueOptions, isPR: boolean): Issue {
    const issue = new Issue(this, this.issues.size + 1, options, isPR);
    this.issues.set(issue.number, issue);
    return issue;
  }

  push(files: string[], ref = "refs/heads/main", after = "c".repeat(40)): PushEvent {
    return {
      kind: "push",
      guid: "push-guid",
      repo: REPO,
      sender: { login: "alice" },
      ref,
      before: "b".repeat(40),
      after,
      created: false,
      deleted: false,
      compare: `${URL}/compare/x...y`,
      commits: [{ id: after, message: "m", added: [], removed: [], modified: files }],
    };
  }

  get context(): Context {
    const { options } = this;
    const { owners, plugins = {}, postsubmits = [], presubmits = [] } = options;
    const config = {
      prowjob_namespace: "prowjobs",
      github: { link_url: "https://github.com" },
      tide: options.tide ?? {},
      github_reporter: {},
      deck: {},
      presubmits: {
        "acme/lib": presubmits.map((job) => ({
          ...defaults(job.name),
          rerun_command: `/test ${job.name}`,
          trigger: `(?m)^/test( | .* )${job.name},?($|\\s.*)`,
          ...job,
        })),
      },
      postsubmits: { "acme/lib": postsubmits.map((job) => ({ ...defaults(job.name), ...job })) },
    } as unknown as Config;
    return {
      config,
      plugins: pluginsConfig({ sections: plugins, ...(owners && { owners }) }),
      read: this.read(),
      again: () => this.read(),
      kube: { list: async () => ({ items: this.jobs, resourceVersion: "1" }) } as unknown as KubeRead,
      jobs: centralJobs,
      merged: async (_repo, _merge, paths) =>
        new Map(Object.entries(options.files ?? {}).filter(([path]) => paths.includes(path))),
      bot: BOT,
      clock: { now: () => new Date("2026-11-23T10:00:00Z"), sleep: async () => {} },
      random: options.random ?? (() => 0),
      web: options.web ?? (() => Promise.reject(new Error("this world has no web"))),
      localFile: async (path) => {
        const text = options.local?.[path];
        if (text === undefined) throw new Error(`ENOENT: ${path}`);
        return text;
      },
      log: silent,
    };
  }

  /** What the plugins answer to an event, one after another over the same state. */
  async play(plugins: Plugin | Plugin[], event: Event): Promise<Effect[]> {
    const context = this.context;
    const all = await Promise.all([plugins].flat().map((plugin) => plugin.handle(event, context)));
    return all.flat();
  }

  /** The same, and the effects done. */
  async react(plugins: Plugin | Plugin[], event: Event): Promise<Effect[]> {
    const effects = await this.play(plugins, event);
    for (const effect of effects) this.apply(effect);
    return effects;
  }

  private apply(effect: Effect): void {
    if (effect.do === "createProwJob") this.jobs.push(effect.job);
    if (effect.do === "deleteComment")
      for (const issue of this.issues.values()) issue.deleteComment(effect.id);
    if (!("issue" in effect)) return;
    const issue = this.issues.get(effect.issue.number)!;
    if (effect.do === "addLabels") for (const label of effect.labels) issue.setLabel(label, BOT);
    if (effect.do === "removeLabel") issue.labels.delete(effect.label);
    if (effect.do === "createComment") issue.addComment(BOT, effect.body);
    if (effect.do === "assign") for (const login of effect.logins) issue.assignees.add(login);
  }

  private read(): GitHubRead {
    const { options } = this;
    const of = ({ number }: { number: number }) => this.issues.get(number)!;
    const answers: Partial<Record<keyof GitHubRead, (...args: never[]) => unknown>> = {
      branchSHA: (_repo: unknown, branch: string) => (branch === "gone" ? undefined : "b".repeat(40)),
      commit: (_repo: unknown, sha: string) => ({
        sha,
        message: "",
        tree: this.trees.get(sha) ?? `tree-${sha}`,
        parents: [],
      }),
      pullRequest: (ref: { number: number }) => of(ref).pullRequest(),
      botLogin: () => BOT,
      issueLabels: (ref: { number: number }) => [...of(ref).labels].map((name) => ({ name })),
      changedFiles: (ref: { number: number }) => of(ref).files,
      comments: (ref: { number: number }) => of(ref).comments,
      reviews: (ref: { number: number }) => of(ref).reviews,
      pullRequestCommits: (ref: { number: number }) => [
        { sha: of(ref).headSHA, message: "", tree: "", parents: ["b".repeat(40)] },
      ],
      reviewComments: () => [],
      issueEvents: (ref: { number: number }) => of(ref).events,
      statuses: () => this.statuses,
      repositoryLabels: () => (options.repositoryLabels ?? []).map((name) => ({ name })),
      isMember: (org: string, login: string) => org === ORG && (options.members ?? []).includes(login),
      isCollaborator: (_repo: unknown, login: string) =>
        [...(options.members ?? []), ...(options.collaborators ?? [])].includes(login),
      collaborators: () =>
        [...(options.members ?? []), ...(options.collaborators ?? [])].map((login) => ({ login })),
      isTeamMember: (_org: string, team: string, login: string) =>
        options.teams?.[team]?.includes(login) ?? false,
      tree: () => Object.keys(options.files ?? {}),
      file: (_repo: unknown, path: string) => options.files?.[path],
      fileBytes: (_repo: unknown, path: string) => {
        const text = options.files?.[path];
        return text === undefined ? options.binaries?.[path] : Buffer.from(text);
      },
      searchIssues: () => ({ total: options.merged ?? 0, items: [] }),
      ...(options.answers as object),
    };
    return new Proxy({} as GitHubRead, {
      get: (_target, name: keyof GitHubRead) => {
        const answer = answers[name] as ((...args: unknown[]) => unknown) | undefined;
        if (!answer) throw new Error(`the world answers no ${String(name)}`);
        return async (...args: unknown[]) => {
          this.reads.push(name);
          return answer(...args);
        };
      },
    });
  }
}

/** An issue or pull request of the world. */
export class Issue {
  readonly world: World;
  readonly number: number;
  readonly isPR: boolean;
  readonly options: IssueOptions;
  readonly labels: Set<string>;
  readonly assignees: Set<string>;
  comments: IssueComment[] = [];
  readonly reviews: Review[] = [];
  readonly events: ListedIssueEvent[] = [];
  readonly files: ChangedFile[];
  headSHA: string;

  constructor(world: World, number: number, options: IssueOptions, isPR: boolean) {
    this.world = world;
    this.number = number;
    this.options = options;
    this.isPR = isPR;
    this.labels = new Set(options.labels);
    this.assignees = new Set(options.assignees);
    this.headSHA = `${number}`.repeat(40).slice(0, 40);
    this.files = (options.files ?? ["a.txt"]).map((file) => ({
      filename: "a.txt",
      status: "modified",
      additions: 1,
      deletions: 1,
      changes: 2,
      ...(typeof file === "string" ? { filename: file } : file),
    }));
  }

  get ref() {
    return { ...REPO, number: this.number };
  }
  get url(): string {
    return `${URL}/${this.isPR ? "pull" : "issues"}/${this.number}`;
  }
  get author(): string {
    return this.options.by ?? "alice";
  }

  pullRequest(): PullRequest {
    const {
      base = "main",
      body = "",
      draft = false,
      mergeable = null,
      merged = false,
      state = "open",
      title = "Change something",
    } = this.options;
    const repo = {
      name: "lib",
      full_name: "acme/lib",
      owner: { login: ORG },
      html_url: URL,
      default_branch: "main",
      private: false,
      archived: false,
    };
    return {
      number: this.number,
      title,
      body,
      state,
      user: { login: this.author },
      labels: [...this.labels].map((name) => ({ name })),
      assignees: [...this.assignees].map((login) => ({ login })),
      milestone: null,
      html_url: this.url,
      created_at: "2026-11-23T09:00:00Z",
      updated_at: "2026-11-23T09:00:00Z",
      draft,
      merged,
      mergeable,
      merge_commit_sha: merged ? "d".repeat(40) : null,
      base: { ref: base, sha: "b".repeat(40), repo },
      head: { ref: "patch-1", sha: this.headSHA, repo },
      requested_reviewers: [],
      ...this.options.pull,
    };
  }

  setLabel(name: string, by: string): void {
    this.labels.add(name);
    this.events.push({
      event: "labeled",
      actor: { login: by },
      label: { name },
      created_at: "2026-11-23T09:00:00Z",
    });
  }

  deleteComment(id: number): void {
    this.comments = this.comments.filter((comment) => comment.id !== id);
  }

  addComment(by: string, body: string, more: Partial<IssueComment> = {}): IssueComment {
    const id = this.world.nextId();
    const at = new Date(Date.UTC(2026, 10, 23, 9, 0, id)).toISOString();
    const html_url = `${this.url}#issuecomment-${id}`;
    const comment = { id, body, user: { login: by }, html_url, created_at: at, updated_at: at, ...more };
    this.comments.push(comment);
    return comment;
  }

  /** Somebody writes; the event that GitHub sends. */
  comment(by: string, body: string, more: Partial<CommentEvent> = {}): CommentEvent {
    const comment = this.addComment(by, body);
    const { body: description = "", state = "open", title = "Change something" } = this.options;
    return {
      kind: "comment",
      guid: `guid-${comment.id}`,
      repo: REPO,
      sender: { login: by },
      at: comment.created_at,
      action: "created",
      source: "issue_comment",
      number: this.number,
      isPR: this.isPR,
      body,
      author: { login: by },
      htmlUrl: comment.html_url,
      commentId: comment.id,
      issue: {
        title,
        body: description,
        state,
        author: { login: this.author },
        assignees: [...this.assignees].map((login) => ({ login })),
        htmlUrl: this.url,
      },
      ...more,
    };
  }

  event(action: string, more: Partial<PullRequestEvent> = {}): PullRequestEvent {
    const sender = { login: this.author };
    return {
      kind: "pull_request",
      guid: `guid-${action}`,
      repo: REPO,
      sender,
      at: "2026-11-23T09:00:00Z",
      action,
      pr: this.pullRequest(),
      ...more,
    };
  }

  labeled(name: string, by: string): PullRequestEvent {
    this.setLabel(name, by);
    return this.event("labeled", { label: { name }, sender: { login: by } });
  }

  review(by: string, state: ReviewState, body = "", more: Partial<ReviewEvent> = {}): ReviewEvent {
    const id = this.world.nextId();
    const review: Review = {
      id,
      body,
      state,
      user: { login: by },
      html_url: `${this.url}#pullrequestreview-${id}`,
      submitted_at: new Date(Date.UTC(2026, 10, 23, 9, 0, id)).toISOString(),
    };
    this.reviews.push(review);
    return {
      kind: "review",
      guid: `guid-${id}`,
      repo: REPO,
      sender: { login: by },
      action: "submitted",
      pr: this.pullRequest(),
      review,
      ...more,
    };
  }

  /** The bot's comments, oldest first. */
  get said(): string[] {
    return this.comments.filter(({ user }) => user.login === BOT).map(({ body }) => body);
  }
}

export const world = (options: Options = {}): World => new World(options);
