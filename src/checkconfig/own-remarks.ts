// Ours alone, and remarks: what Prow loads without a word and what then fails when it is used.
import { parseTemplate, TemplateError } from "../lib/go/template.ts";
import { nearest } from "../lib/nearest.ts";
import { goNames } from "../model/go-names.ts";
import type { ProwJob } from "../model/prowjob.ts";
import type { Pull, Refs } from "../model/refs.ts";
import { type Finding, type Place, type Warning, withPlugins } from "./warning.ts";

const pull = (number: number): Pull => ({
  number,
  author: "a",
  sha: "h",
  title: "t",
  ref: "r",
  head_ref: "h",
});
const refs = (...pulls: Pull[]): Refs => ({ org: "o", repo: "r", base_ref: "main", base_sha: "b", pulls });
const sample = (type: ProwJob["spec"]["type"], of: Partial<ProwJob["spec"]>, state: string): ProwJob => ({
  apiVersion: "prow.k8s.io/v1",
  kind: "ProwJob",
  metadata: { name: "n", namespace: "n", labels: {}, annotations: {} },
  spec: { type, job: "j", ...of },
  status: { state: state as ProwJob["status"]["state"], url: "u", build_id: "1", pod_name: "p" },
});

/** A template may tell them apart, so that each shows other parts of it. */
const SAMPLES: readonly ProwJob[] = [
  sample("presubmit", { refs: refs(pull(1)), context: "c" }, "failure"),
  sample("batch", { refs: refs(pull(1), pull(2)), context: "c" }, "success"),
  sample("postsubmit", { refs: refs() }, "pending"),
  sample("periodic", { extra_refs: [refs()] }, "aborted"),
];

/** A field that no ProwJob has; what only some jobs have not is the template's own affair. */
function missingField(template: string): string | undefined {
  for (const job of SAMPLES) {
    try {
      parseTemplate(template).execute(goNames(job));
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      const [field] = /can't evaluate field \S+/.exec(error.message) ?? [];
      if (field) return field;
    }
  }
  return undefined;
}

export const templateFields: Warning = {
  name: "template-fields",
  group: "default",
  doc: "Fields in templates over ProwJobs that no ProwJob has.",
  check({ config: { plank, slack_reporter_configs: slack } }) {
    const templates: [keys: string[], template: string][] = [
      [["plank", "job_url_template"], plank.job_url_template ?? ""],
      ...Object.entries(plank.report_templates ?? {}).map(([scope, template]): [string[], string] => [
        ["plank", plank.report_template && scope === "*" ? "report_template" : "report_templates"],
        template,
      ]),
      ...Object.entries(slack).map(([scope, { report_template: template = "" }]): [string[], string] => [
        ["slack_reporter_configs", scope, "report_template"],
        template,
      ]),
    ];
    return templates.flatMap(([keys, template]): Finding[] => {
      const fault = missingField(template);
      if (!fault) return [];
      return [
        {
          remark: true,
          message: `${keys.join(".")}: ${fault} in a ProwJob: it fails whenever it is used`,
          hint: "fields have the names of Prow's Go types, such as .Spec.Job, .Spec.Refs.Repo and .Status.BuildID",
          places: [{ in: "config", keys }],
        },
      ];
    });
  },
};

/** GitHub's, by its documentation. An event that is not among them may be new, so only a near miss is told. */
const EVENTS: readonly string[] =
  "branch_protection_configuration branch_protection_rule check_run check_suite code_scanning_alert commit_comment create custom_property custom_property_values delete dependabot_alert deploy_key deployment deployment_protection_rule deployment_review deployment_status discussion discussion_comment fork github_app_authorization gollum installation installation_repositories installation_target issue_comment issue_dependencies issues label marketplace_purchase member membership merge_group meta milestone org_block organization package page_build personal_access_token_request ping project project_card project_column projects_v2 projects_v2_item projects_v2_status_update public pull_request pull_request_review pull_request_review_comment pull_request_review_thread push registry_package release repository repository_advisory repository_dispatch repository_import repository_ruleset repository_vulnerability_alert secret_scanning_alert secret_scanning_alert_location secret_scanning_scan security_advisory security_and_analysis sponsorship star status sub_issues team team_add watch workflow_dispatch workflow_job workflow_run".split(
    " ",
  );

export const externalPlugins: Warning = {
  name: "external-plugins",
  group: "default",
  doc: "Endpoints of external plugins that are no address, and events that GitHub does not send.",
  check: withPlugins(({ plugins }) =>
    Object.entries(plugins.scopes().external).flatMap(([scope, entries]) =>
      entries.flatMap(({ name = "", endpoint = "", events = [], probot }): Finding[] => {
        const places: Place[] = [{ in: "plugins", keys: ["external_plugins", scope, name] }];
        const isAddress = /^https?:$/.test(URL.parse(endpoint)?.protocol ?? "");
        const faults: Finding[] = [];
        if (!probot && !isAddress) {
          const message = `external plugin ${name}: its endpoint ${JSON.stringify(endpoint)} is no address: it is sent nothing`;
          faults.push({ remark: true, message, hint: "write http://host:port", places });
        }
        for (const event of events) {
          const near = EVENTS.includes(event) ? undefined : nearest(event, EVENTS);
          if (!near) continue;
          const message = `external plugin ${name}: GitHub sends no event ${JSON.stringify(event)}`;
          faults.push({ remark: true, message, hint: `did you mean ${JSON.stringify(near)}?`, places });
        }
        return faults;
      }),
    ),
  ),
};
