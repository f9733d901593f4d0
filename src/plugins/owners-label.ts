// Labels pull requests as the OWNERS files of what they change say.
import { compareText } from "../lib/compare-text.ts";
import { prRef } from "./event-issue.ts";
import { ownersOf } from "./owners-of.ts";
import type { Plugin } from "./plugin.ts";

const ACTIONS = ["opened", "reopened", "synchronize"];

export const ownersLabel: Plugin = {
  name: "owners-label",
  on: ["pull_request"],
  description:
    "The owners-label plugin automatically adds labels to PRs based on the files they touch. Specifically, the 'labels' sections of OWNERS files are used to determine which labels apply to the changes.",
  commands: [],
  async handle(event, context) {
    if (event.kind !== "pull_request" || !ACTIONS.includes(event.action)) return [];
    const { pr, repo } = event;
    const { log, read } = context;
    const issue = prRef(repo, pr);
    const paths = (await read.changedFiles(issue)).map(({ filename }) => filename);
    const owners = await ownersOf(repo, pr.base.ref, paths, context);
    const needed = new Set(paths.flatMap((path) => [...owners.labels(path)]));
    if (needed.size === 0) return [];
    const now = new Set((await read.issueLabels(issue)).map(({ name }) => name));
    const missing = [...needed].filter((name) => !now.has(name)).sort(compareText);
    if (missing.length === 0) return [];
    const inRepo = new Set((await read.repositoryLabels(repo)).map(({ name }) => name));
    const unknown = missing.filter((name) => !inRepo.has(name));
    if (unknown.length > 0) log.warn({ labels: unknown }, "Unable to add nonexistent labels");
    const labels = missing.filter((name) => inRepo.has(name));
    return labels.length > 0 ? [{ do: "addLabels", issue, labels }] : [];
  },
};
