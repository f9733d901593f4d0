// Labels pull requests by the number of lines that they change, without generated files.
import { section } from "../config/plugins-config.ts";
import { integer, object } from "../lib/schema.ts";
import type { Effect } from "../model/effect.ts";
import type { PullRequest, RepoRef } from "../model/github.ts";
import { prRef } from "./event-issue.ts";
import type { Context, Plugin } from "./plugin.ts";
import {
  type IsGenerated,
  parseGeneratedFiles,
  parseGitattributes,
  parsePathList,
} from "./size/generated-files.ts";

const DEFAULTS = { s: 10, m: 30, l: 100, xl: 500, xxl: 1000 };
type Thresholds = typeof DEFAULTS;
const NAMES = ["s", "m", "l", "xl", "xxl"] as const;

/** Changed lines from which on a pull request has the size; below `s` it is XS. */
const sizeSection = section(
  "size",
  object({
    s: integer("From so many changed lines on; default 10."),
    m: integer("Default 30."),
    l: integer("Default 100."),
    xl: integer("Default 500."),
    xxl: integer("Default 1000."),
  }),
  {
    complete: (written = {}): Thresholds => ({
      s: written.s || DEFAULTS.s,
      m: written.m || DEFAULTS.m,
      l: written.l || DEFAULTS.l,
      xl: written.xl || DEFAULTS.xl,
      xxl: written.xxl || DEFAULTS.xxl,
    }),
    /** As in Prow before the defaults: who sets one has to set the larger ones. */
    check(written, judge) {
      for (const [i, larger] of NAMES.entries()) {
        const smaller = NAMES[i - 1];
        if (!smaller || (written[smaller] ?? 0) <= (written[larger] ?? 0)) continue;
        judge.error(
          "invalid size plugin configuration - one of the smaller sizes is bigger than a larger one",
          [Object.hasOwn(written, larger) ? larger : smaller],
          `${smaller} is ${written[smaller]}, ${larger} is ${written[larger] ?? "not set"}`,
        );
      }
    },
  },
);

const ACTIONS = ["opened", "reopened", "synchronize", "edited"];
const PREFIX = "size/";

export const size: Plugin = {
  name: "size",
  on: ["pull_request"],
  sections: [sizeSection],
  description:
    "The size plugin manages the 'size/*' labels, maintaining the appropriate label on each pull request as it is updated. Generated files identified by the config file '.generated_files' at the repo root are ignored. Labels are applied based on the total number of lines of changes (additions and deletions).",
  commands: [],
  explainAll(plugins) {
    const { s, m, l, xl, xxl } = plugins.get(sizeSection);
    return `The plugin has the following thresholds:<ul>
<li>size/XS:  0-${s - 1}</li>
<li>size/S:   ${s}-${m - 1}</li>
<li>size/M:   ${m}-${l - 1}</li>
<li>size/L:   ${l}-${xl - 1}</li>
<li>size/XL:  ${xl}-${xxl - 1}</li>
<li>size/XXL: ${xxl}+</li>
</ul>`;
  },
  async handle(event, context) {
    if (event.kind !== "pull_request" || !ACTIONS.includes(event.action)) return [];
    const { pr, repo } = event;
    const issue = prRef(repo, pr);
    const isGenerated = await generatedFiles(repo, pr.base.sha, context);
    const files = await context.read.changedFiles(issue);
    const lines = files
      .filter(({ filename }) => !isGenerated(filename))
      .reduce((sum, { additions, deletions }) => sum + additions + deletions, 0);
    const label = PREFIX + bucket(lines, context.plugins.get(sizeSection));
    const labels = (await currentLabels(event.action, pr, repo, context)).map(({ name }) => name);
    const outdated = labels.filter((name) => name.startsWith(PREFIX) && name !== label);
    const removals = outdated.map((name): Effect => ({ do: "removeLabel", issue, label: name }));
    return labels.includes(label) ? removals : [...removals, { do: "addLabels", issue, labels: [label] }];
  },
};

/** What has just been opened carries the labels that it was opened with; nobody has sized it yet. */
const currentLabels = (action: string, pr: PullRequest, repo: RepoRef, { read }: Context) =>
  action === "opened" ? Promise.resolve(pr.labels) : read.issueLabels(prRef(repo, pr));

function bucket(lines: number, { s, m, l, xl, xxl }: Thresholds): string {
  if (lines < s) return "XS";
  if (lines < m) return "S";
  if (lines < l) return "M";
  if (lines < xl) return "L";
  return lines < xxl ? "XL" : "XXL";
}

/** The tree tells whether the two files are there at all, and is read for OWNERS files anyway. */
async function generatedFiles(repo: RepoRef, sha: string, { log, read }: Context): Promise<IsGenerated> {
  const tree = new Set(await read.tree(repo, sha));
  const text = async (path: string) => (tree.has(path) ? await read.file(repo, path, sha) : undefined);
  const attributes = parseGitattributes((await text(".gitattributes")) ?? "");
  try {
    const generated = parseGeneratedFiles((await text(".generated_files")) ?? "");
    const lists = await Promise.all(
      generated.lists.map(async (path) => parsePathList((await text(path)) ?? "")),
    );
    return (path) => generated.isGenerated(path) || lists.some((list) => list.has(path)) || attributes(path);
  } catch (error) {
    log.warn({ ...repo, error }, "error while parsing .generated_files");
    return attributes;
  }
}
