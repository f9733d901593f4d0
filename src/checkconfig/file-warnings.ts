// Warnings about the main files as such: fields that nobody knows, links, webhooks.
import { goURLFault } from "../config/go-url.ts";
import type { LocatedProblem } from "../config/source.ts";
import { isRecord } from "../lib/schema.ts";
import type { Finding, Warning } from "./warning.ts";

/** Loading warns of other things too. */
export const isUnknownField = ({ level, message }: LocatedProblem): boolean =>
  level === "warning" && message.startsWith("unknown field");

/** Go's decoder takes a name in any case, so that is no unknown field. */
export const onlyCase = ({ path, hint = "" }: LocatedProblem): boolean =>
  hint.toLowerCase().includes(JSON.stringify(path.at(-1)).toLowerCase());

const unknown = (problems: readonly LocatedProblem[]): Finding[] =>
  problems
    .filter((problem) => isUnknownField(problem) && !onlyCase(problem))
    .map(({ file, line, column, message, hint }) => ({
      message: `unknown fields or bad config in ${file}: ${message}`,
      ...(hint && { hint }),
      places: [{ file, line, column }],
    }));

export const unknownFields: Warning = {
  name: "unknown-fields",
  group: "default",
  doc: "Fields of config.yaml and plugins.yaml that Prow does not know.",
  check: ({ problems, files }) =>
    unknown(problems.filter(({ file }) => file === files.config || file === files.plugins)),
};

export const unknownFieldsAll: Warning = {
  name: "unknown-fields-all",
  group: "optional",
  doc: "The same, and of the job files; covers unknown-fields.",
  check: ({ problems }) => unknown(problems),
};

export const validateURLs: Warning = {
  name: "validate-urls",
  group: "default",
  doc: "Links in config.yaml that are none.",
  check: ({ config, plugins }) =>
    // That it is left out without plugins.yaml is Prow's.
    plugins && goURLFault(config.status_error_link)
      ? [
          {
            message: `status_error_link is not a valid url: ${config.status_error_link}`,
            places: [{ in: "config", keys: ["status_error_link"] }],
          },
        ]
      : [],
};

export const managedWebhooks: Warning = {
  name: "managed-webhooks",
  group: "default",
  doc: "Webhooks of an org and of its repositories, which would deliver everything twice.",
  check({ config }) {
    const hooks: unknown = config.managed_webhooks;
    const scopes = isRecord(hooks) && isRecord(hooks["org_repo_config"]) ? hooks["org_repo_config"] : {};
    return Object.keys(scopes)
      .filter((scope) => scope.includes("/") && Object.hasOwn(scopes, scope.split("/")[0]!))
      .map((repo) => ({
        message: `org-level and repo-level webhooks are configured together for "${repo}", which is not allowed as there will be duplicated webhook events`,
        places: [{ in: "config", keys: ["managed_webhooks", "org_repo_config", repo] }],
      }));
  },
};
