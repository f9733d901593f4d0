// A check run follows its report: once each, whatever comes late, twice, or in the middle of an attempt.
import { describe, expect, it } from "vitest";
import { applier } from "../../src/effects/apply.ts";
import type { GitHub } from "../../src/github/port.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { silent } from "../../src/lib/logger.ts";
import type { CheckAnnotation, CheckReport, CheckRun, CheckRunChange } from "../../src/model/github.ts";

const repo = { org: "acme", repo: "tool" };
const head_sha = "a".repeat(40);

type Stored = CheckRun & CheckRunChange & { all: CheckAnnotation[] };

/** `fails`: so many writes from now on do not get through. */
function github(runs: Partial<Stored>[] = []) {
  const stored = runs.map((run) => ({ ...base, all: [], ...run })) as Stored[];
  const trouble = { after: Number.POSITIVE_INFINITY };
  let writes = 0;
  const write = (run: Stored, change: CheckRunChange) => {
    writes++;
    if (writes > trouble.after) throw new Error("the line is cut");
    run.all.push(...(change.output?.annotations ?? []));
    if ((change.output?.annotations?.length ?? 0) > 50) throw new Error("too many");
    Object.assign(run, change, { annotations: run.all.length });
  };
  const port = {
    read: {
      botLogin: async () => "ci[bot]",
      checkRuns: async (_: unknown, __: unknown, name: string) => stored.filter((run) => run.name === name),
    },
    write: {
      async createCheckRun(_: unknown, run: CheckRunChange) {
        const made = {
          id: stored.length + 1,
          head_sha,
          conclusion: null,
          app: "ci",
          all: [],
        } as unknown as Stored;
        write(made, run);
        stored.push(made);
        return made;
      },
      async updateCheckRun(_: unknown, id: number, change: CheckRunChange) {
        write(stored.find((run) => run.id === id)!, change);
      },
    },
  } as unknown as GitHub;
  const apply = applier({ clock: systemClock, log: silent, github: port });
  const report = (more: Partial<CheckReport>, onlyIfThere?: true) =>
    apply([
      { do: "reportCheckRun", repo, report: { ...standing, ...more }, ...(onlyIfThere && { onlyIfThere }) },
    ]);
  return { report, stored, trouble, writes: () => writes };
}

const base = {
  id: 1,
  name: "unit",
  app: "ci",
  external_id: "job-1",
  status: "queued",
  conclusion: null,
  head_sha,
};
const standing: CheckReport = {
  ...{ name: "unit", head_sha, external_id: "job-1", status: "queued" },
  output: { title: "t", summary: "s" },
  annotations: [],
  actions: [],
};
const over = { status: "completed", conclusion: "failure" } as const;
const notes = (count: number): CheckAnnotation[] =>
  Array.from({ length: count }, (_, at) => ({
    ...{ path: "a", start_line: at + 1, end_line: at + 1, annotation_level: "failure", message: "m" },
  }));

describe("a check run", () => {
  it("is reported once and then brought up to date", async () => {
    const { report, stored } = github();
    await report({});
    await report({ status: "in_progress" });
    await report(over);
    await report(over);
    expect(stored).toMatchObject([{ ...over, external_id: "job-1" }]);
  });

  it("of another job of that name, or of another App, is left alone", async () => {
    const { report, stored } = github([
      { external_id: "job-0", ...over },
      { id: 2, app: "other" },
    ]);
    await report({});
    await report(over);
    expect(stored.map(({ status, external_id, app }) => `${app} ${external_id} ${status}`)).toEqual([
      "ci job-0 completed",
      "other job-1 queued",
      "ci job-1 completed",
    ]);
  });

  it("that two processes reported at once is not left behind", async () => {
    const { report, stored } = github([{}, { id: 2 }]);
    await report({ ...over, annotations: notes(3) });
    expect(stored.map(({ status, annotations }) => [status, annotations])).toEqual([
      ["completed", 3],
      ["completed", 3],
    ]);
  });

  it("that is over does not begin again by a late report", async () => {
    const { report, stored, writes } = github([over]);
    await report({ status: "in_progress" });
    expect([stored[0]!.status, writes()]).toEqual(["completed", 0]);
  });

  it("is not begun by a report that is only for one that is there", async () => {
    const { report, stored } = github();
    await report(over, true);
    expect(stored).toEqual([]);
  });

  it.each([0, 1, 2, 3])(
    "gets each annotation once, though the line was cut after %i writes",
    async (after) => {
      const { report, stored, trouble } = github();
      await report({});
      trouble.after = after + 1;
      const whole = { ...over, annotations: notes(120) };
      await report(whole).catch(() => {});
      trouble.after = Number.POSITIVE_INFINITY;
      await report(whole);
      await report(whole);
      expect(stored[0]!.all.map(({ start_line }) => start_line)).toEqual(
        notes(120).map(({ start_line }) => start_line),
      );
    },
  );

  it("has them all when it is reported only at its end", async () => {
    const { report, stored } = github();
    await report({ ...over, annotations: notes(120) });
    expect(stored[0]!.all).toHaveLength(120);
  });
});
