// A check run brought to what a report says: the same report again, or from another process, changes nothing further.
import type { GitHub } from "../github/port.ts";
import { isOwnRun } from "../model/bot.ts";
import type { CommitEffect } from "../model/effect.ts";
import type { CheckAnnotation, CheckReport, CheckRun, RepoRef } from "../model/github.ts";

type Effect = Extract<CommitEffect, { do: "reportCheckRun" }>;

/** GitHub takes no more at once. */
const ANNOTATIONS_AT_ONCE = 50;

export async function reportCheckRun({ repo, report, onlyIfThere }: Effect, github: GitHub): Promise<void> {
  const { read, write } = github;
  const bot = await read.botLogin();
  // Two processes may have reported it first at the same time: then it is there twice, and neither may be left behind.
  const ours = (await read.checkRuns(repo, report.head_sha, report.name)).filter(
    (run) => run.external_id === report.external_id && isOwnRun(bot, run),
  );
  for (const run of ours) await update(run, repo, report, github);
  if (ours.length > 0 || onlyIfThere) return;
  const { annotations, ...rest } = report;
  const [first = [], ...more] = batches(annotations);
  const output = { ...report.output, ...(first.length > 0 && { annotations: first }) };
  const { id } = await write.createCheckRun(repo, { ...rest, output });
  await annotate(id, repo, report, more, github);
}

async function update(run: CheckRun, repo: RepoRef, report: CheckReport, github: GitHub): Promise<void> {
  // A late report of what was before the end.
  if (run.status === "completed" && report.status !== "completed") return;
  const { annotations, head_sha: _, ...rest } = report;
  // GitHub adds annotations; those that an earlier attempt has brought come first in the list.
  const [first = [], ...more] = batches(annotations.slice(run.annotations ?? 0));
  const output = { ...report.output, ...(first.length > 0 && { annotations: first }) };
  await github.write.updateCheckRun(repo, run.id, { ...rest, output });
  await annotate(run.id, repo, report, more, github);
}

async function annotate(
  id: number,
  repo: RepoRef,
  { output }: CheckReport,
  more: CheckAnnotation[][],
  { write }: GitHub,
): Promise<void> {
  for (const annotations of more)
    await write.updateCheckRun(repo, id, { output: { ...output, annotations } });
}

function batches(annotations: readonly CheckAnnotation[]): CheckAnnotation[][] {
  const all: CheckAnnotation[][] = [];
  for (let at = 0; at < annotations.length; at += ANNOTATIONS_AT_ONCE) {
    all.push(annotations.slice(at, at + ANNOTATIONS_AT_ONCE));
  }
  return all;
}
