// Effects applied to a world of plain data: what is written, and that applying again changes nothing further.
import { describe, expect, it } from "vitest";
import { applier } from "../../src/effects/apply.ts";
import { dryRun } from "../../src/effects/dry-run.ts";
import { printEffect } from "../../src/effects/print.ts";
import { GitHubError } from "../../src/github/error.ts";
import type { GitHub } from "../../src/github/port.ts";
import { KubeError } from "../../src/kube/error.ts";
import type { Clusters, Kube } from "../../src/kube/port.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { type Logger, silent } from "../../src/lib/logger.ts";
import type { Effect } from "../../src/model/effect.ts";
import type { Pod } from "../../src/model/pod.ts";
import type { ProwJob } from "../../src/model/prowjob.ts";
import { StorageError } from "../../src/storage/error.ts";
import type { BlobWrite } from "../../src/storage/port.ts";

const issue = { org: "acme", repo: "tool", number: 7 };
const ports = { clock: systemClock, log: silent };

const refusal = (detail: string) => new GitHubError(422, "Validation Failed", { details: [detail] });

/** GitHub with one issue's comments; the bot is `robot`, mallory can be nobody's assignee or reviewer. */
function github(comments: { body: string; user: { login: string } }[] = []) {
  const calls: unknown[][] = [];
  const note =
    (name: string, answer?: (...args: never[]) => unknown) =>
    async (...args: unknown[]) => {
      calls.push([name, ...args]);
      return answer?.(...(args as never[]));
    };
  const allowed = (logins: string[]) => logins.filter((login) => login !== "mallory");
  const port = {
    read: { botLogin: async () => "robot", comments: async () => comments },
    write: {
      createComment: note("createComment", (_: unknown, body: string) => {
        comments.push({ body: body.replaceAll("\n", "\r\n"), user: { login: "robot" } });
      }),
      addLabels: note("addLabels"),
      editIssue: note("editIssue", ({ number }: { number: number }) => {
        if (number === 8) throw refusal("state cannot be changed. The head branch was deleted.");
        if (number === 9) throw refusal("is not a state");
      }),
      assign: note("assign", (_: unknown, logins: string[]) => allowed(logins).map((login) => ({ login }))),
      requestReviews: note("requestReviews", (_: unknown, logins: string[]) =>
        logins.filter((login) => login === "mallory"),
      ),
    },
  } as unknown as GitHub;
  return { calls, comments, port };
}

describe("effects on GitHub", () => {
  it("set a status unless it is there, when somebody may have set it", async () => {
    const status = { context: "unit", state: "success", description: "fine", target_url: "u" } as const;
    const present = [{ ...status, context: "lint" }];
    const made: unknown[] = [];
    const port = {
      read: { statuses: async () => present },
      write: {
        async createStatus(_repo: unknown, _sha: string, one: (typeof present)[number]) {
          made.push(one);
          present.push(one);
        },
      },
    } as unknown as GitHub;
    const repo = { org: "acme", repo: "tool" };
    const set = (more: object) => ({ do: "createStatus", repo, sha: "s", status: { ...status, ...more } });
    const apply = applier({ ...ports, github: port });
    const again = { unlessThere: true };
    await apply([
      { ...set({}), ...again },
      { ...set({}), ...again },
    ] as Effect[]);
    expect(made).toHaveLength(1);
    await apply([{ ...set({ description: "better" }), ...again }, set({})] as Effect[]);
    expect(made).toHaveLength(3);
  });

  it("post a marked comment once, though the line ends come back changed", async () => {
    const { port, comments } = github();
    const effect: Effect = { do: "createComment", issue, body: "hi\n<!-- a\nb -->", marker: "<!-- a\nb -->" };
    const apply = applier({ ...ports, github: port });
    await apply([effect]);
    await apply([effect]);
    expect(comments).toHaveLength(1);
  });

  it("are not silenced by somebody else who plants the marker", async () => {
    const { port, comments } = github([{ body: "<!-- m -->", user: { login: "mallory" } }]);
    await applier({ ...ports, github: port })([
      { do: "createComment", issue, body: "<!-- m -->", marker: "<!-- m -->" },
    ]);
    expect(comments).toHaveLength(2);
  });

  it.each(["assign", "requestReviews"] as const)("%s tells who was refused, once", async (what) => {
    const { port, comments } = github();
    const effect: Effect = {
      do: what,
      issue,
      logins: ["bob", "mallory"],
      reply: "I can not: {logins}.\n$& text",
    };
    const apply = applier({ ...ports, github: port });
    await apply([effect]);
    await apply([effect]);
    expect(comments.map(({ body }) => body)).toEqual(["I can not: mallory.\r\n$& text"]);
  });

  it.each([
    [7, "Reopened this PR."],
    [8, "Failed: state cannot be changed. The head branch was deleted."],
  ])("a change of state on #%d is told, or why it could not be: %s", async (number, said) => {
    const { port, comments } = github();
    const apply = applier({ ...ports, github: port });
    const effect: Effect = {
      do: "setState",
      issue: { ...issue, number },
      state: "open",
      done: "Reopened this PR.",
      refused: "Failed: {reason}",
    };
    await apply([effect]);
    await apply([effect]);
    expect(comments.map(({ body }) => body)).toEqual([said]);
  });

  it("a state refused for another reason, or with nothing to say about it, is a failure", async () => {
    const apply = applier({ ...ports, github: github().port });
    const effect = { do: "setState", state: "open", done: "Reopened." } as const;
    const other = { ...effect, issue: { ...issue, number: 9 }, refused: "{reason}" };
    await expect(apply([other])).rejects.toThrow("Validation Failed");
    await expect(apply([{ ...effect, issue: { ...issue, number: 8 } }])).rejects.toThrow("Validation Failed");
  });

  it("say nothing when nobody was refused", async () => {
    const { port, comments } = github();
    await applier({ ...ports, github: port })([{ do: "assign", issue, logins: ["bob"], reply: "{logins}" }]);
    expect(comments).toEqual([]);
  });

  it("stop at the first failure, in order", async () => {
    const { port, calls } = github();
    const apply = applier({ ...ports, github: port });
    const list: Effect[] = [
      { do: "addLabels", issue, labels: ["a"] },
      { do: "deletePod", cluster: "default", name: "p", namespace: "ns" },
      { do: "addLabels", issue, labels: ["b"] },
    ];
    await expect(apply(list)).rejects.toThrow("no Kubernetes client");
    expect(calls).toEqual([["addLabels", issue, ["a"]]]);
  });
});

const job = {
  apiVersion: "prow.k8s.io/v1",
  kind: "ProwJob",
  metadata: { name: "j", namespace: "ns" },
  spec: { type: "presubmit", job: "unit" },
  status: {},
} as ProwJob;
const pod = { metadata: { name: "p", namespace: "ns" }, spec: { containers: [] } } as Pod;

function kube(answer?: KubeError, there?: Pod) {
  const calls: unknown[][] = [];
  const method =
    (name: string) =>
    async (...args: unknown[]) => {
      calls.push([name, ...args]);
      if (answer) throw answer;
    };
  const write = { create: method("create"), patch: method("patch"), delete: method("delete") };
  const read = { get: async () => there };
  const client = { read, write } as unknown as Kube;
  const clusters: Clusters = {
    home: client,
    build: (alias) => (alias === "default" ? client : undefined),
    aliases: () => ["default"],
  };
  return { calls, apply: applier({ ...ports, clusters }) };
}

describe("effects on Kubernetes", () => {
  it("take an object that exists for the one that was meant", async () => {
    const ours = { ...pod, metadata: { ...pod.metadata, labels: { "created-by-prow": "true" } } };
    const { apply, calls } = kube(new KubeError(409, "AlreadyExists", "there"), ours);
    await apply([
      { do: "createProwJob", job },
      { do: "createPod", cluster: "default", pod },
    ]);
    expect(calls).toHaveLength(2);
  });

  it("take no pod of somebody else for a job's; one that has gone meanwhile is made at the next look", async () => {
    const exists = new KubeError(409, "AlreadyExists", 'pods "p" already exists');
    const create: Effect = { do: "createPod", cluster: "default", pod };
    await expect(kube(exists, pod).apply([create])).rejects.toThrow('pods "p" already exists');
    await kube(exists).apply([create]);
  });

  it("patch with the version as a precondition, beside what else changes in metadata", async () => {
    const { apply, calls } = kube();
    const patch = { metadata: { labels: { a: "b" } }, status: { state: "success" } };
    await apply([{ do: "patchProwJob", name: "j", namespace: "ns", resourceVersion: "7", patch }]);
    expect(calls[0]?.slice(2)).toEqual([
      "ns",
      "j",
      { metadata: { labels: { a: "b" }, resourceVersion: "7" }, status: { state: "success" } },
      { type: "merge" },
    ]);
  });

  it("report a patch that comes too late", async () => {
    const { apply } = kube(new KubeError(409, "Conflict", "changed meanwhile"));
    const patch = { do: "patchPod", cluster: "default", name: "p", namespace: "ns", patch: {} } as const;
    await expect(apply([patch])).rejects.toThrow("changed meanwhile");
  });

  it("delete only the object that was meant", async () => {
    const { apply, calls } = kube(new KubeError(409, "Conflict", "uid is another"));
    await apply([{ do: "deletePod", cluster: "default", name: "p", namespace: "ns", uid: "u" }]);
    expect(calls[0]?.at(-1)).toEqual({ preconditions: { uid: "u" } });
  });

  it("name the clusters that there are when asked for another", async () => {
    const { apply } = kube();
    await expect(apply([{ do: "createPod", cluster: "moon", pod }])).rejects.toThrow(
      'unknown cluster alias "moon": the kubeconfig has default',
    );
  });
});

describe("effects on storage", () => {
  const write: Effect = {
    do: "writeObject",
    url: "gs://b/k",
    content: "{}",
    contentType: "application/json",
    ifAbsent: true,
  };
  const failing = (status: number): BlobWrite => ({
    write: () => Promise.reject(new StorageError(status, `status ${status}`)),
  });

  it("leave an existing object alone when told so", async () => {
    await applier({ ...ports, storage: failing(412) })([write]);
    await expect(applier({ ...ports, storage: failing(503) })([write])).rejects.toThrow("status 503");
  });
});

describe("printing", () => {
  it("says in one line what would be done, and a dry run does no more", async () => {
    const lines: string[] = [];
    const log: Logger = { ...silent, info: (_, message) => void lines.push(message) };
    const dry = dryRun(log);
    await dry([{ do: "addLabels", issue, labels: ["lgtm", "approved"] }]);
    await dry([
      // Decided again, since nothing was done: said once.
      { do: "addLabels", issue, labels: ["lgtm", "approved"] },
      { do: "createComment", issue, body: `first\nsecond ${"x".repeat(200)}` },
      { do: "createProwJob", job },
      {
        do: "mergeInOrder",
        repo: issue,
        branch: "main",
        merges: [{ number: 7, sha: "abc", method: "squash" }],
      },
    ]);
    expect(lines).toEqual([
      "add labels lgtm, approved to acme/tool#7",
      `comment on acme/tool#7: first\\nsecond ${"x".repeat(65)}…`,
      "create ProwJob ns/j for presubmit unit",
      "merge into acme/tool main: #7 at abc by squash",
    ]);
    expect(printEffect({ do: "removeLabel", issue, label: "x" })).toBe("remove label x from acme/tool#7");
  });
});
