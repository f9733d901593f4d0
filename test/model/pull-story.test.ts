// The record of a pull request as people read it: what led to what, what is left out, and how it ends.
import { describe, expect, it } from "vitest";
import { pullStory } from "../../src/model/pull-story.ts";
import type { Entry } from "../../src/model/record-entry.ts";

const HEAD = "a".repeat(40);
let second = 0;
const entry = (more: Partial<Entry>): Entry => ({
  at: new Date(Date.UTC(2026, 0, 2, 3, 0, second++)).toISOString(),
  kind: "effect",
  what: "",
  ...{ org: "acme", repo: "tool", pulls: [7] },
  ...more,
});
const hook = { component: "hook", guid: "g1", actor: "alice" };
const commented = entry({ ...hook, kind: "event", act: "issue_comment", what: "commented: /lgtm" });
const decided = entry({ ...hook, kind: "decision", plugin: "lgtm", what: "add labels lgtm to acme/tool#7" });
const labelled = entry({ ...hook, plugin: "lgtm", act: "addLabels", what: "add labels lgtm to acme/tool#7" });
const passed = entry({ ...hook, kind: "pass", what: "nothing to do for hold" });
const echo = entry({
  ...{ kind: "event", component: "hook", guid: "g2", actor: "cutwater[bot]", act: "pull_request" },
  what: "labeled lgtm",
});
const tideSays = entry({
  ...{ component: "tide", act: "createStatus", because: ["Needs approved label.", "Job unit is missing."] },
  what: `set status tide of acme/tool@${HEAD} to pending: Not mergeable. Needs approved label.`,
});

const tell = (entries: Entry[], verbose = false) => pullStory(entries, { subject: "acme/tool#7", verbose });
const lines = (entries: Entry[], verbose = false) =>
  tell(entries, verbose).chapters.map(({ head, lines }) => [head, ...lines.map(({ text }) => text)]);

describe("a story", () => {
  it("puts what a plugin did under the event that it answered", () => {
    expect(lines([commented, decided, labelled, passed])).toEqual([
      ["alice commented: /lgtm", "add labels lgtm"],
    ]);
  });

  it("tells with -v also what was decided, and who had nothing to do", () => {
    expect(lines([commented, decided, labelled, passed], true)).toEqual([
      ["alice commented: /lgtm", "decides: add labels lgtm", "add labels lgtm", "nothing to do for hold"],
    ]);
  });

  it("tells a decision of which nothing has come, and a plugin that could not decide", () => {
    const failed = { ...decided, plugin: "approve", what: "could not decide", error: "HTTP 502" };
    const [chapter] = tell([commented, decided, failed]).chapters;
    expect(chapter?.lines.map(({ who, text, outcome, error }) => [who, text, outcome, error])).toEqual([
      ["lgtm", "decides: add labels lgtm", "said", undefined],
      ["approve", "could not decide", "failed", "HTTP 502"],
    ]);
  });

  it("leaves out the echo of what the bot did, but not what somebody did without an answer", () => {
    const thanks = { ...commented, guid: "g3", what: "commented: thanks" };
    expect(lines([commented, labelled, echo, thanks])).toEqual([
      ["alice commented: /lgtm", "add labels lgtm"],
      ["alice commented: thanks"],
    ]);
    expect(lines([echo], true)).toEqual([["cutwater[bot] labeled lgtm"]]);
  });

  it("puts a job's pod, states and reports together, whoever wrote them", () => {
    const prowjob = "5dfd5f4b-d41e-5e6b-a1ee-76cd11460865";
    const job = { guid: "g1", prowjob, job: "unit" };
    const entries = [
      entry({
        ...job,
        component: "plank",
        act: "createPod",
        what: `create pod test-pods/${prowjob} in cluster b`,
      }),
      entry({
        ...job,
        component: "plank",
        act: "patchProwJob",
        what: `ProwJob ${prowjob} is pending: Job triggered.`,
      }),
      entry({
        ...job,
        component: "crier",
        act: "patchProwJob",
        what: `patch ProwJob default/${prowjob}: {}`,
      }),
      entry({
        ...{ ...job, component: "crier", act: "createStatus" },
        what: `set status unit of acme/tool@${HEAD} to success: Job succeeded. \u2001\u2001BaseSHA:${HEAD}`,
      }),
    ];
    expect(lines(entries)).toEqual([
      [
        "job unit",
        "create pod in cluster b",
        "is pending: Job triggered.",
        "set status unit on aaaaaaa to success: Job succeeded.",
      ],
    ]);
  });
});

describe("the end of a story", () => {
  it("gives all of tide's reasons while it is not merged", () => {
    expect(tell([commented, tideSays]).end).toBe(
      `Not merged: Needs approved label. Job unit is missing. (tide, as of ${tideSays.at.slice(0, 19).replace("T", " ")})`,
    );
  });

  it("gives the reasons that are left when the status stays as it is", () => {
    const kept = entry({
      ...{ kind: "decision", component: "tide", because: ["Needs approved label."], shas: [HEAD] },
      what: `keep status tide of acme/tool@${HEAD}: Not mergeable. Needs approved label.`,
    });
    const { end, chapters } = tell([tideSays, kept]);
    expect(end).toBe(
      `Not merged: Needs approved label. (tide, as of ${kept.at.slice(0, 19).replace("T", " ")})`,
    );
    expect(chapters.at(-1)?.lines.map(({ text }) => text)).toEqual([
      "decides: keep status tide on aaaaaaa: Not mergeable. Needs approved label.",
    ]);
  });

  it("gives GitHub's refusal when tide has tried", () => {
    const refused = entry({
      component: "tide",
      act: "mergeInOrder",
      what: "merge",
      error: "PR was modified",
    });
    expect(tell([tideSays, refused]).end).toMatch(/^Not merged: PR was modified/);
  });

  it("says by whom and when it was merged, or that it was closed", () => {
    const merged = entry({ component: "tide", act: "mergeInOrder", what: "merge" });
    const closed = entry({ kind: "event", act: "pull_request", what: "closed the pull request" });
    const reopened = { ...closed, what: "reopened the pull request" };
    expect(tell([tideSays, merged]).end).toMatch(/^Merged by tide at /);
    expect(tell([tideSays, { ...merged, dry: true }]).end).toMatch(/^Not merged/);
    expect(tell([tideSays, closed]).end).toMatch(/^Closed at .*, not merged\.$/);
    expect(tell([closed, reopened, tideSays]).end).toMatch(/^Not merged: Needs/);
  });
});
