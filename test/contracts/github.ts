// What every way of being connected to GitHub promises: the port, against a server that speaks GitHub's API.
import { Octokit } from "@octokit/rest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GitHubError } from "../../src/github/error.ts";
import type { GitHub } from "../../src/github/port.ts";

/** A GitHub with the organisation and people of `world`, seen by the bot. */
export interface GitHubPlace {
  github: GitHub;
  /** REST base URL, for what people do. */
  endpoint: string;
  /** Login that the bot's comments carry. */
  bot: string;
  dispose(): Promise<void>;
}

/** What a place must hold; tokens are `<login>-token`. */
export const world = {
  users: ["alice", "bob", "mallory"].map((login) => ({ login, token: `${login}-token` })),
  orgs: [
    {
      login: "acme",
      members: { alice: "admin", bob: "member" },
      teams: [{ name: "Reviewers", members: { bob: "member" }, repos: { "acme/tool": "push" } }],
    },
  ],
  repos: [
    {
      owner: "acme",
      name: "tool",
      author: "alice",
      files: { "README.md": "# Tool 🚢\n", "src/a.txt": "one\n" },
      branches: { fix: { "src/a.txt": "two\n", "new.txt": "n\n" }, other: { "other.txt": "o\n" } },
      labels: [{ name: "lgtm", color: "15dd18" }, { name: "kind/bug" }],
    },
    { owner: "acme", name: "elsewhere", author: "alice", files: { "README.md": "x\n" } },
  ],
  workflow_runs: [
    { repo: "acme/tool", branch: "fix", name: "tests", conclusion: "failure" },
    { repo: "acme/tool", branch: "fix", name: "lint", conclusion: "action_required" },
  ],
} as const;

const tool = { org: "acme", repo: "tool" };
const toolREST = { owner: "acme", repo: "tool" };
const MANY = 105;

export function gitHubContract(name: string, place: () => Promise<GitHubPlace>): void {
  describe(`GitHub ${name}`, () => {
    let where: GitHubPlace;
    let github: GitHub;
    let alice: Octokit;
    let pr: { org: string; repo: string; number: number };
    let other: typeof pr;

    beforeAll(async () => {
      where = await place();
      github = where.github;
      const log = { debug() {}, info() {}, warn() {}, error() {} };
      alice = new Octokit({ baseUrl: where.endpoint, auth: "alice-token", log });
      const open = async (head: string) => {
        const { data } = await alice.pulls.create({
          ...toolREST,
          head,
          base: "main",
          title: head,
          body: "/hold",
        });
        return { ...tool, number: data.number };
      };
      pr = await open("fix");
      other = await open("other");
    });
    afterAll(() => where.dispose());

    const status = (promise: Promise<unknown>) =>
      promise.then(
        () => "done",
        (error: unknown) => (error instanceof GitHubError ? error.status : error),
      );

    it("knows who it is", async () => {
      expect(await github.read.botLogin()).toBe(where.bot);
    });

    it("knows its own words again by their seal", async () => {
      const seal = await github.seal("words");
      expect(await github.seal("words")).toBe(seal);
      expect(await github.seal("Words")).not.toBe(seal);
      expect(seal).toMatch(/^[\w-]{40,}$/);
    });

    it("reads the repository, its branches, commits and files", async () => {
      const { read } = github;
      expect(await read.repository(tool)).toMatchObject({ full_name: "acme/tool", default_branch: "main" });
      expect((await read.repositories("acme")).map(({ name }) => name)).toEqual(["tool", "elsewhere"]);
      const sha = await read.branchSHA(tool, "main");
      expect(sha).toMatch(/^[0-9a-f]{40}$/);
      expect(await read.branchSHA(tool, "nowhere")).toBeUndefined();
      expect(await read.commit(tool, sha!)).toMatchObject({ sha, parents: [] });
      expect(await read.file(tool, "README.md", "main")).toBe("# Tool 🚢\n");
      expect(await read.file(tool, "src/a.txt", "fix")).toBe("two\n");
      expect(await read.file(tool, "missing", "main")).toBeUndefined();
      expect(await read.file(tool, "src", "main")).toBeUndefined();
      const bytes = await read.fileBytes(tool, "README.md", "main");
      expect(Buffer.from(bytes!).toString("hex")).toBe(Buffer.from("# Tool 🚢\n").toString("hex"));
      expect(await read.fileBytes(tool, "src", "main")).toBeUndefined();
      expect((await read.tree(tool, "fix")).sort()).toEqual(["README.md", "new.txt", "src/a.txt"]);
      expect((await read.repositoryLabels(tool)).map(({ name: label }) => label)).toEqual(
        expect.arrayContaining(["lgtm", "kind/bug"]),
      );
    });

    it("reads a pull request and what it changes", async () => {
      const { read } = github;
      const sha = await read.branchSHA(tool, "fix");
      expect(await read.pullRequest(pr)).toMatchObject({
        title: "fix",
        body: "/hold",
        state: "open",
        merged: false,
        user: { login: "alice" },
        head: { ref: "fix", sha },
        base: { ref: "main" },
      });
      expect(await read.issue(pr)).toMatchObject({ number: pr.number, pull_request: {} });
      const files = await read.changedFiles(pr);
      expect(files.find(({ filename }) => filename === "new.txt")!.blob_url).toMatch(
        new RegExp(`/acme/tool/blob/${sha}/new\\.txt$`),
      );
      expect(files.map(({ filename, status: how }) => `${how} ${filename}`).sort()).toEqual([
        "added new.txt",
        "modified src/a.txt",
      ]);
      expect(await status(read.pullRequest({ ...tool, number: 999 }))).toBe(404);
    });

    it("knows who is trusted", async () => {
      const { read } = github;
      expect(await read.isMember("acme", "bob")).toBe(true);
      expect(await read.isMember("acme", "mallory")).toBe(false);
      expect(await read.isMember("mallory", "Mallory")).toBe(true);
      expect(await read.isCollaborator(tool, "alice")).toBe(true);
      expect(await read.isCollaborator(tool, "mallory")).toBe(false);
      expect(await read.permission(tool, "alice")).toBe("admin");
      expect(["none", "read"]).toContain(await read.permission(tool, "mallory")); // public: everyone reads
      expect((await read.collaborators(tool)).map(({ login }) => login)).toContain("alice");
      expect(await read.isTeamMember("acme", "reviewers", "bob")).toBe(true);
      expect(await read.isTeamMember("acme", "reviewers", "alice")).toBe(false);
      expect(await read.isTeamMember("acme", "no-such-team", "bob")).toBe(false);
    });

    it("puts labels on and takes them off, repeatedly", async () => {
      const { read, write } = github;
      const names = async () => (await read.issueLabels(pr)).map(({ name: label }) => label).sort();
      await write.addLabels(pr, ["lgtm", "kind/bug"]);
      await write.addLabels(pr, ["lgtm"]);
      expect(await names()).toEqual(["kind/bug", "lgtm"]);
      await write.removeLabel(pr, "kind/bug");
      await write.removeLabel(pr, "kind/bug");
      expect(await names()).toEqual(["lgtm"]);
      expect(await read.issueEvents(pr)).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ event: "labeled", label: expect.objectContaining({ name: "lgtm" }) }),
        ]),
      );
    });

    it("comments, edits, deletes, and reads more comments than one page, oldest first", async () => {
      const { read, write } = github;
      const made = await write.createComment(other, "first");
      expect(made.user.login).toBe(where.bot);
      await write.editComment(tool, made.id, "first, edited");
      for (let n = 1; n < MANY; n++) {
        await alice.issues.createComment({ ...toolREST, issue_number: other.number, body: `comment ${n}` });
      }
      const all = await read.comments(other);
      expect(all).toHaveLength(MANY);
      expect(all[0]).toMatchObject({ id: made.id, body: "first, edited" });
      expect(all.at(-1)!.body).toBe(`comment ${MANY - 1}`);
      await write.deleteComment(tool, made.id);
      await write.deleteComment(tool, made.id);
      expect(await read.comments(other)).toHaveLength(MANY - 1);
    });

    it("sets statuses; the latest of each context counts", async () => {
      const { read, write } = github;
      const { head } = await read.pullRequest(pr);
      const report = (context: string, state: "pending" | "success") =>
        write.createStatus(tool, head.sha, { context, state, description: `is ${state}`, target_url: "" });
      await report("unit", "pending");
      await report("lint", "pending");
      await report("unit", "success");
      const found = await read.statuses(tool, head.sha);
      expect(found.map(({ context, state }) => `${context} ${state}`).sort()).toEqual([
        "lint pending",
        "unit success",
      ]);
      expect(await read.checkRuns(tool, head.sha)).toEqual([]);
    });

    it("remembers every status that there was, newest first", async () => {
      const { head } = await github.read.pullRequest(pr);
      const history = await github.read.statusHistory(tool, head.sha);
      expect(history.map(({ context, state }) => `${context} ${state}`)).toEqual([
        "unit success",
        "lint pending",
        "unit pending",
      ]);
    });

    it("reports check runs as an App, and only so", async () => {
      const { read, write } = github;
      const { head } = await read.pullRequest(other);
      const output = { title: "Title", summary: "Summary" };
      const run = {
        name: "scan",
        head_sha: head.sha,
        conclusion: "success",
        external_id: "7",
        output,
      } as const;
      const outcome = await status(write.createCheckRun(tool, run));
      const { head_sha, ...reported } = run;
      if (where.bot.endsWith("[bot]"))
        expect(await read.checkRuns(tool, head_sha)).toMatchObject([
          { name: "scan", status: "completed", conclusion: "success", external_id: "7" },
        ]);
      else expect([outcome, reported.name]).toEqual([403, "scan"]);
    });

    it("reports one run from queued to completed, with more annotations than one request may have", async ({
      skip,
    }) => {
      skip(!where.bot.endsWith("[bot]"), "only an App may");
      const { read, write } = github;
      const { head } = await read.pullRequest(other);
      const begun = { name: "unit", head_sha: head.sha, external_id: "job-1", status: "queued" } as const;
      const actions = [{ label: "Cancel", description: "Stop it", identifier: "cancel" }];
      const { id } = await write.createCheckRun(tool, { ...begun, actions });
      const annotation = (line: number) =>
        ({
          path: "a.txt",
          start_line: line,
          end_line: line,
          annotation_level: "failure",
          message: "m",
        }) as const;
      const annotations = Array.from({ length: 50 }, (_, at) => annotation(at + 1));
      const output = { title: "Failed", summary: "s" };
      const over = {
        status: "completed",
        conclusion: "failure",
        details_url: "https://ci/1",
        actions: [],
      } as const;
      await write.updateCheckRun(tool, id, { ...over, output: { ...output, annotations } });
      await write.updateCheckRun(tool, id, { output: { ...output, annotations: [annotation(51)] } });
      const found = {
        ...begun,
        ...{ id, status: "completed", conclusion: "failure", annotations: 51, app: "cutwater" },
      };
      expect(await read.checkRuns(tool, head.sha, "unit")).toEqual([found]);
      const tooMany = { output: { ...output, annotations: [...annotations, annotation(1)] } };
      expect(await status(write.updateCheckRun(tool, id, tooMany))).toBe(422);
      const again = await write.createCheckRun(tool, { ...begun, external_id: "job-2" });
      const ids = async (name?: string) => (await read.checkRuns(tool, head.sha, name)).map((run) => run.id);
      expect((await ids("unit")).sort()).toEqual([id, again.id].sort());
      expect(await ids()).not.toContain(id);
    });

    it("runs workflows again and approves them", async () => {
      const { read, write } = github;
      const { head } = await read.pullRequest(pr);
      const runs = await read.workflowRuns(tool, head.sha);
      const [failed, pending] = ["tests", "lint"].map((called) => runs.find((run) => run.name === called)!);
      expect(failed).toMatchObject({ event: "pull_request", conclusion: "failure", run_attempt: 1 });
      await write.rerunFailedJobs(tool, failed!.id);
      expect(await read.workflowRun(tool, failed!.id)).toMatchObject({ status: "queued", run_attempt: 2 });
      expect(await status(write.rerunFailedJobs(tool, failed!.id))).toBe(403);
      await write.approveWorkflowRun(tool, pending!.id);
      expect(await status(write.approveWorkflowRun(tool, pending!.id))).toBe(403);
      expect(await read.workflowRuns(tool, "0".repeat(40))).toEqual([]);
    });

    it("knows when a branch was moved where, newest first", async () => {
      const { read } = github;
      const write = (path: string) =>
        alice.repos.createOrUpdateFileContents({
          ...toolREST,
          path,
          message: path,
          content: "eA==",
          branch: "other",
          committer: { name: "M", email: "m@example.com", date: "2030-01-01T00:00:00Z" },
        });
      const { data: first } = await write("pushed.txt");
      const { data } = await write("again.txt");
      const moves = await read.branchMoves(tool, "other", "acme");
      expect(moves.slice(0, 2).map(({ after }) => after)).toEqual([data.commit.sha, first.commit.sha]);
      expect(Math.abs(Date.parse(moves[0]!.timestamp) - Date.now())).toBeLessThan(600_000);
      expect(await read.branchMoves(tool, "nowhere", "acme")).toEqual([]);
    });

    it("pins issues and moves them", async () => {
      const { read, write } = github;
      const { data } = await alice.issues.create({ ...toolREST, title: "Misplaced" });
      const { node_id: id } = await read.issue({ ...tool, number: data.number });
      const pinned = async () =>
        await read.graphql(`query($id: ID!) { node(id: $id) { ... on Issue { isPinned } } }`, { id }, "acme");
      await write.pinIssue("acme", id!, true);
      expect(await pinned()).toEqual({ node: { isPinned: true } });
      await write.pinIssue("acme", id!, false);
      expect(await pinned()).toEqual({ node: { isPinned: false } });
      const to = await read.repository({ org: "acme", repo: "elsewhere" });
      await write.transferIssue("acme", id!, to.node_id!);
      expect(await read.issue({ org: "acme", repo: "elsewhere", number: 1 })).toMatchObject({
        title: "Misplaced",
      });
      expect(await status(write.transferIssue("acme", id!, to.node_id!))).toBe(404);
    });

    it("assigns, and tells who is assigned", async () => {
      const { read, write } = github;
      const assigned = await write.assign(pr, ["bob", "nobody-of-that-name"]);
      expect(assigned.map(({ login }) => login)).toEqual(["bob"]);
      await write.unassign(pr, ["bob"]);
      expect((await read.issue(pr)).assignees).toEqual([]);
    });

    it("asks for reviews, and tells who can not be asked", async () => {
      const { read, write } = github;
      expect(await write.requestReviews(pr, ["bob", "nobody-of-that-name"])).toEqual(["nobody-of-that-name"]);
      expect((await read.pullRequest(pr)).requested_reviewers.map(({ login }) => login)).toEqual(["bob"]);
      await write.unrequestReviews(pr, ["bob"]);
      expect((await read.pullRequest(pr)).requested_reviewers).toEqual([]);
    });

    it("reads reviews and review comments", async () => {
      const bob = new Octokit({ baseUrl: where.endpoint, auth: "bob-token" });
      const comments = [{ path: "src/a.txt", position: 1, body: "why?" }];
      await bob.pulls.createReview({
        ...toolREST,
        pull_number: pr.number,
        event: "APPROVE",
        body: "good",
        comments,
      });
      expect(await github.read.reviews(pr)).toMatchObject([
        { state: "APPROVED", body: "good", user: { login: "bob" } },
      ]);
      expect(await github.read.reviewComments(pr)).toMatchObject([{ path: "src/a.txt", body: "why?" }]);
    });

    it("edits title, text, state and milestone", async () => {
      const { read, write } = github;
      const { data } = await alice.issues.createMilestone({ ...toolREST, title: "v1" });
      expect(await read.milestones(tool)).toMatchObject([{ number: data.number, title: "v1" }]);
      await write.editIssue(other, { title: "Other words", milestone: data.number });
      expect(await read.issue(other)).toMatchObject({
        title: "Other words",
        body: "/hold",
        milestone: { title: "v1" },
      });
      await write.editIssue(other, { state: "closed", milestone: null });
      expect(await read.issue(other)).toMatchObject({ state: "closed", milestone: null });
      await write.editIssue(other, { state: "open" });
      expect(await read.issue(other)).toMatchObject({ state: "open", title: "Other words" });
    });

    it("reviews with comments on lines, and reacts", async () => {
      const { read, write } = github;
      const comments = [{ path: "src/a.txt", position: 1, body: "here" }];
      await write.createReview(pr, { event: "COMMENT", body: "look", comments });
      expect((await read.reviews(pr)).at(-1)).toMatchObject({ state: "COMMENTED", body: "look" });
      const { id } = await write.createComment(other, "good");
      await write.reactToComment(tool, id, "heart");
      await write.react(other, "+1");
      const { data: comment } = await alice.issues.getComment({ ...toolREST, comment_id: id });
      expect(comment.reactions).toMatchObject({ total_count: 1, heart: 1 });
      const { data: issue } = await alice.issues.get({ ...toolREST, issue_number: other.number });
      expect(issue.reactions).toMatchObject({ total_count: 1, "+1": 1 });
    });

    it("reads the commits of a pull request, the members of a team and a protection", async () => {
      const { read } = github;
      const [commit] = await read.pullRequestCommits(pr);
      expect(commit).toMatchObject({ sha: (await read.pullRequest(pr)).head.sha, author: "alice" });
      expect(commit!.parents).toHaveLength(1);
      const { base, commits, head } = await read.pullRequest(pr);
      expect(commits).toBe(1);
      expect(await read.commitsBetween(tool, base.sha, head.sha)).toEqual([commit]);
      expect(await read.commitsBetween(tool, head.sha, head.sha)).toEqual([]);
      expect(await read.matchingRefs(tool, "heads/fi")).toEqual(["heads/fix"]);
      expect(await read.matchingRefs(tool, "tags/v")).toEqual([]);
      expect((await read.teamMembers("acme", "reviewers")).map(({ login }) => login)).toEqual(["bob"]);
      const { data: team } = await alice.teams.getByName({ org: "acme", team_slug: "reviewers" });
      expect((await read.teamMembers("acme", team.id)).map(({ login }) => login)).toEqual(["bob"]);
      expect(await read.branchProtection(tool, "main")).toBeUndefined();
      await alice.repos.updateBranchProtection({
        ...toolREST,
        branch: "main",
        required_status_checks: { strict: false, contexts: ["unit"] },
        enforce_admins: null,
        required_pull_request_reviews: null,
        restrictions: null,
      });
      expect(await read.branchProtection(tool, "main")).toEqual({ contexts: ["unit"] });
      await alice.repos.deleteBranchProtection({ ...toolREST, branch: "main" });
    });

    it("opens pull requests and issues, and finds the open ones of a branch", async () => {
      const { read, write } = github;
      const sha = (await read.branchSHA(tool, "fix"))!;
      await alice.git.createRef({ ...toolREST, ref: "refs/heads/proposed", sha });
      const draft = { title: "Propose", body: "why", head: "proposed", base: "main" };
      const number = await write.createPullRequest(tool, draft);
      expect(await read.pullRequest({ ...tool, number })).toMatchObject({
        title: "Propose",
        body: "why",
        user: { login: where.bot },
      });
      const found = async () =>
        (await read.pullRequestsFrom(tool, "acme:proposed", "main")).map((each) => each.number);
      expect(await found()).toEqual([number]);
      expect(await read.pullRequestsFrom(tool, "acme:proposed", "fix")).toEqual([]);
      expect(await status(write.createPullRequest(tool, draft))).toBe(422);
      await write.editIssue({ ...tool, number }, { state: "closed" });
      expect(await found()).toEqual([]);
      const made = await write.createIssue(tool, { title: "By hand", body: "please", assignees: ["bob"] });
      expect(await read.issue({ ...tool, number: made })).toMatchObject({
        title: "By hand",
        assignees: [{ login: "bob" }],
      });
      await write.editIssue({ ...tool, number: made }, { state: "closed" });
    });

    it("forks once, as far as it may", async () => {
      const { read, write } = github;
      const fork = { org: where.bot, repo: "tool" };
      if (where.bot.endsWith("[bot]")) {
        expect(await status(write.fork(tool))).toBe(403);
        return;
      }
      expect(await write.fork(tool)).toEqual(fork);
      expect(await write.fork(tool)).toEqual(fork);
      expect(await read.repository(fork)).toMatchObject({ fork: true });
    });

    it("deletes a branch; one that is gone is fine", async () => {
      const { read, write } = github;
      const sha = (await read.branchSHA(tool, "main"))!;
      await alice.git.createRef({ ...toolREST, ref: "refs/heads/old/thing", sha });
      await write.deleteBranch(tool, "old/thing");
      expect(await read.branchSHA(tool, "old/thing")).toBeUndefined();
      await write.deleteBranch(tool, "old/thing");
    });

    it("searches", async () => {
      const found = await github.read.searchIssues("repo:acme/tool is:pr is:open label:lgtm");
      expect(found.total).toBe(1);
      expect(found.items.map(({ number }) => number)).toEqual([pr.number]);
    });

    it("asks GraphQL", async () => {
      const query = `query($owner: String!, $name: String!, $number: Int!) {
        repository(owner: $owner, name: $name) { pullRequest(number: $number) { title headRefOid } } }`;
      const variables = { owner: "acme", name: "tool", number: pr.number };
      type Found = { repository: { pullRequest: { title: string } } };
      const found = await github.read.graphql<Found>(query, variables, "acme");
      expect(found.repository.pullRequest.title).toBe("fix");
      expect(await status(github.read.graphql("query { nonsense }", {}, "acme"))).not.toBe("done");
    });

    it("gives a token with which git can read", async () => {
      const token = await github.gitToken(tool);
      const basic = Buffer.from(`x-access-token:${token}`).toString("base64");
      const response = await fetch(`${where.endpoint}/acme/tool.git/info/refs?service=git-upload-pack`, {
        headers: { authorization: `Basic ${basic}` },
      });
      expect(response.status).toBe(200);
    });

    it("merges only the head that was named", async () => {
      const { read, write } = github;
      const { head } = await read.pullRequest(pr);
      expect(await status(write.merge(pr, { sha: "0".repeat(40), method: "merge" }))).toBe(409);
      await write.merge(pr, { sha: head.sha, method: "squash", title: "Fix it (#1)", message: "because" });
      expect(await read.pullRequest(pr)).toMatchObject({ merged: true, state: "closed" });
      const merged = await read.commit(tool, (await read.branchSHA(tool, "main"))!);
      expect(merged.message).toBe("Fix it (#1)\n\nbecause");
      expect(await status(write.merge(pr, { sha: head.sha, method: "merge" }))).toBe(405);
    });
  });
}
