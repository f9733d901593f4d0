// Warnings about plugins.yaml, by itself and against the jobs.
import { section } from "../config/plugins-config.ts";
import { any } from "../lib/schema.ts";
import { enabledAt, OWNERS_READERS, usingOwners } from "./enabled.ts";
import { difference, items, names } from "./repo-set.ts";
import { type Finding, goList, type Place, type Warning, withPlugins } from "./warning.ts";

interface LabelRules {
  additional_labels?: string[];
  restricted_labels?: Record<string, { label?: string }[]>;
}
interface ConfigUpdaterRules {
  maps?: Record<string, { allowed_repos?: string[]; denied_repos?: string[] }>;
}
/** Only what is looked at here; the plugins have the whole schemas. */
const labelRules = section("label", any<LabelRules>());
const configUpdaterRules = section("config_updater", any<ConfigUpdaterRules>());

const scopes = (list: readonly string[]): Place[] =>
  list.map((scope) => ({ in: "plugins", keys: ["plugins", scope] }));

export const validateOwners: Warning = {
  name: "validate-owners",
  group: "default",
  doc: "OWNERS files are used, but nothing checks changes of them.",
  check: withPlugins(({ plugins }) => {
    const unchecked = difference(usingOwners(plugins), enabledAt(plugins, "verify-owners"));
    if (!items(unchecked).length) return [];
    return [
      {
        message: `the following orgs or repos enable at least one plugin that uses OWNERS files (${OWNERS_READERS}) but do not enable the verify-owners plugin to ensure validity of OWNERS files: ${goList(items(unchecked))}`,
        places: scopes(names(unchecked)),
      },
    ];
  }),
};

export const missingTrigger: Warning = {
  name: "missing-trigger",
  group: "default",
  doc: "Repositories with presubmits or postsubmits, where nothing starts them.",
  check: withPlugins(({ config, plugins }) => {
    const repos = new Set([...Object.keys(config.presubmits), ...Object.keys(config.postsubmits)]);
    const missing = difference({ orgs: new Map(), repos }, enabledAt(plugins, "trigger"));
    if (!items(missing).length) return [];
    return [
      {
        message: `the following repos have jobs configured but do not have the trigger plugin enabled: ${items(missing).join(", ")}`,
        hint: "add trigger to their plugins in plugins.yaml",
      },
    ];
  }),
};

export const validateLabel: Warning = {
  name: "validate-label",
  group: "default",
  doc: "Labels of the label plugin that are restricted and free at once, or empty.",
  check: withPlugins(({ plugins }) => {
    const { additional_labels: additional = [], restricted_labels: restricted = {} } =
      plugins.get(labelRules) ?? {};
    const rules = Object.entries(restricted).flatMap(([scope, list]) =>
      list.map(({ label = "" }) => ({ scope, label })),
    );
    const both = Map.groupBy(
      rules.filter(({ label }) => additional.includes(label)),
      ({ label }) => label,
    );
    const places: Place[] = [{ in: "plugins", keys: ["label"] }];
    const found: Finding[] = [...both].map(([label, list]) => ({
      message: `the following orgs or repos have configuration of label plugin using the restricted label ${label} which is also configured as an additional label: ${sortedScopes(list)}`,
      places,
    }));
    const empty = rules.filter(({ label }) => label === "");
    if (!empty.length) return found;
    const message = `the following orgs or repos have configuration of label plugin using the empty string as label name in restricted labels: ${sortedScopes(empty)}`;
    return [...found, { message, places }];
  }),
};

const sortedScopes = (rules: { scope: string }[]): string =>
  rules
    .map(({ scope }) => scope)
    .sort()
    .join(", ");

function repoFault(repo: string): string | undefined {
  if (repo === "") return "org/repo cannot be empty";
  const parts = repo.split("/");
  if (parts.length > 2) return "org/repo contains too many slashes '/'";
  return parts[0] === "" ? "you cannot set a repo without an org" : undefined;
}

export const validateConfigUpdaterACLs: Warning = {
  name: "validate-config-updater-acls",
  group: "default",
  doc: "Repositories that config_updater allows or denies and that cannot be.",
  check: withPlugins(({ plugins }) =>
    Object.entries(plugins.get(configUpdaterRules)?.maps ?? {}).flatMap(([pattern, map]) =>
      (["allowed_repos", "denied_repos"] as const).flatMap((key) =>
        (map?.[key] ?? []).flatMap((repo): Finding[] => {
          const fault = repoFault(repo);
          if (fault === undefined) return [];
          return [
            {
              message: `config_updater.maps["${pattern}"].${key}: ${fault}`,
              places: [{ in: "plugins", keys: ["config_updater", "maps", pattern, key] }],
            },
          ];
        }),
      ),
    ),
  ),
};

/** Ours alone: in Prow every plugin does something. */
export const absentPlugins: Warning = {
  name: "absent-plugins",
  group: "default",
  doc: "Plugins that are enabled and that Cutwater does not run yet.",
  check: withPlugins(({ plugins, absentPlugins: absent }) => {
    const enabled = Object.entries(plugins.scopes().plugins);
    return absent.flatMap((name): Finding[] => {
      const where = enabled.filter(([, scope]) => scope.plugins?.includes(name)).map(([scope]) => scope);
      if (!where.length) return [];
      const shown = where.length > 5 ? [...where.slice(0, 5), `and ${where.length - 5} more`] : where;
      return [
        {
          // Whoever comes from Prow shall not fail its --strict for what Prow is content with.
          remark: true,
          message: `plugin ${name} is enabled for ${shown.join(", ")}, but Cutwater does not run it yet: it does nothing`,
          places: where.slice(0, 1).map((scope) => ({ in: "plugins", keys: ["plugins", scope, name] })),
        },
      ];
    });
  }),
};

/** Ours alone: GitHub takes check runs from Apps. */
export const checksNeedApp: Warning = {
  name: "checks-need-app",
  group: "default",
  doc: "`reports: checks` with a bot that signs in with a token.",
  check({ config, byToken }) {
    const wanting = Object.entries(config.github_reporter.reports ?? {}).filter(
      ([, how]) => how === "checks",
    );
    if (!byToken || wanting.length === 0) return [];
    const names = wanting.map(([scope]) => scope);
    return [
      {
        message: `github_reporter.reports asks for check runs for ${names.join(", ")}, which GitHub takes from Apps alone: with a token results are commit statuses`,
        hint: "give --github-app-id and --github-app-private-key-path, also to crier",
        places: names
          .slice(0, 1)
          .map((scope) => ({ in: "config", keys: ["github_reporter", "reports", scope] })),
      },
    ];
  },
};

/** Ours alone, as Probot apps are. */
export const probotApps: Warning = {
  name: "probot-apps",
  group: "default",
  doc: "Probot apps of external_plugins that cannot be found, or have an endpoint too.",
  check: withPlugins(({ plugins, probotFault = () => undefined }) =>
    Object.entries(plugins.scopes().external).flatMap(([scope, entries]) =>
      entries.flatMap(({ name, probot, endpoint }): Finding[] => {
        if (!probot) return [];
        const places: Place[] = [{ in: "plugins", keys: ["external_plugins", scope, probot] }];
        const faults = [
          probotFault(probot),
          endpoint &&
            `external plugin ${name} has an endpoint and is a Probot app: the endpoint is sent nothing`,
          !name && `the Probot app ${probot} has no name: logs, metrics and help have nothing to call it by`,
        ];
        return faults.flatMap((message) => (message ? [{ message, places }] : []));
      }),
    ),
  ),
};

export const verifyOwnersPresence: Warning = {
  name: "verify-owners-presence",
  group: "expensive",
  doc: "Repositories that use OWNERS files and have none at the root; asks GitHub.",
  check: ({ withoutOwners = [] }) =>
    withoutOwners.length
      ? [
          {
            message: `the following orgs or repos enable at least one plugin that uses OWNERS files (${OWNERS_READERS}), but its master branch does not contain a root level OWNERS file: ${goList(withoutOwners)}`,
          },
        ]
      : [],
};

export const validateGitHubAppInstallation: Warning = {
  name: "validate-github-app-installation",
  group: "optional",
  doc: "Orgs with configuration, where the GitHub App is not installed; asks GitHub.",
  check: ({ withoutApp = [] }) =>
    withoutApp.map((org) => ({
      message: `There is configuration for the GitHub org "${org}" but the GitHub app is not installed there`,
    })),
};
