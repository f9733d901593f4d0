// mismatched-tide: labels that tide's queries ask for, and plugins that set them, are to be in the same places.
import type { TideQuery } from "../config/tide-schema.ts";
import { coveredBy, enabledAt, externalEnabledAt } from "./enabled.ts";
import { difference, intersection, items, names, type RepoSet } from "./repo-set.ts";
import { type Facts, type Finding, goList, type Place, type Warning, withPlugins } from "./warning.ts";

interface Pair {
  plugin: string;
  label: string;
  verb: "require" | "forbid";
}

const REQUIRED: readonly Pair[] = [
  { plugin: "lgtm", label: "lgtm", verb: "require" },
  { plugin: "approve", label: "approved", verb: "require" },
];
const FORBIDDEN: readonly Pair[] = [
  { plugin: "hold", label: "do-not-merge/hold", verb: "forbid" },
  { plugin: "wip", label: "do-not-merge/work-in-progress", verb: "forbid" },
  { plugin: "bugzilla", label: "bugzilla/invalid-bug", verb: "forbid" },
  { plugin: "verify-owners", label: "do-not-merge/invalid-owners-file", verb: "forbid" },
  { plugin: "release-note", label: "do-not-merge/release-note-label-needed", verb: "forbid" },
  { plugin: "cherry-pick-unapproved", label: "do-not-merge/cherry-pick-not-approved", verb: "forbid" },
  { plugin: "blockade", label: "do-not-merge/blocked-paths", verb: "forbid" },
];
/** External, and one way only: tide never merges a conflict anyway, so a query need not forbid the label. */
const NEEDS_REBASE: Pair = { plugin: "needs-rebase", label: "needs-rebase", verb: "forbid" };

const honours =
  ({ label, verb }: Pair) =>
  (query: TideQuery): boolean =>
    Boolean((verb === "require" ? query.labels : query.missingLabels)?.includes(label));

const scopes = (set: RepoSet): Place[] =>
  names(set).map((scope) => ({ in: "plugins", keys: ["plugins", scope] }));

function notEnabled({ plugin, label, verb }: Pair, asked: RepoSet, enabled: RepoSet): Finding[] {
  const missing = difference(asked, enabled);
  if (!items(missing).length) return [];
  return [
    {
      message: `the following orgs or repos ${verb} the ${label} label for merging but do not enable the ${plugin} plugin: ${goList(items(missing))}`,
      places: scopes(missing),
    },
  ];
}

function notAsked({ plugin, label, verb }: Pair, asked: RepoSet, all: RepoSet, enabled: RepoSet): Finding[] {
  const missing = difference(intersection(enabled, all), asked);
  if (!items(missing).length) return [];
  return [
    {
      message: `the following orgs or repos enable the ${plugin} plugin but do not ${verb} the ${label} label for merging: ${goList(items(missing))}`,
      places: scopes(missing),
    },
  ];
}

const compare = (pairs: readonly Pair[], needsRebase: boolean) =>
  withPlugins(({ config, plugins }) => {
    const { queries } = config.tide;
    const all = coveredBy(queries);
    const found = pairs.flatMap((pair) => {
      const asked = coveredBy(queries.filter(honours(pair)));
      const enabled = enabledAt(plugins, pair.plugin);
      return [...notEnabled(pair, asked, enabled), ...notAsked(pair, asked, all, enabled)];
    });
    if (!needsRebase) return found;
    const asked = coveredBy(queries.filter(honours(NEEDS_REBASE)));
    return [...found, ...notEnabled(NEEDS_REBASE, asked, externalEnabledAt(plugins, NEEDS_REBASE.plugin))];
  });

const lenient = compare(REQUIRED, false);

export const mismatchedTide: Warning = {
  name: "mismatched-tide",
  group: "default",
  doc: "Tide requires or forbids a label that no enabled plugin sets, or the other way round.",
  check: compare([...REQUIRED, ...FORBIDDEN], true),
};

export const mismatchedTideLenient: Warning = {
  name: "mismatched-tide-lenient",
  group: "default",
  doc: "The same for required labels alone; mismatched-tide covers it.",
  check: lenient,
};

export const needsOkToTest: Warning = {
  name: "needs-ok-to-test",
  group: "default",
  doc: "A query requires lgtm and forbids needs-ok-to-test, which lgtm implies.",
  check({ config }: Facts) {
    return config.tide.queries.flatMap(({ labels = [], missingLabels = [] }, i): Finding[] =>
      labels.includes("lgtm") && missingLabels.includes("needs-ok-to-test")
        ? [
            {
              // Prow leaves out the blank after the number; here it may be read.
              message: `the tide query at position ${i} forbids the "needs-ok-to-test" label and requires the "lgtm" label, which is not recommended; see https://docs.prow.k8s.io/docs/components/core/tide/maintainers/#best-practices for more information`,
              places: [{ in: "config", keys: ["tide", "queries"] }],
            },
          ]
        : [],
    );
  },
};
