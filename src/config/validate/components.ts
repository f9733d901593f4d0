// What is wrong with the sections of gerrit, jenkins operators, gangway, webhooks and Pub/Sub, in Prow's words.
import { labelSelectorFault } from "../../lib/label-selector.ts";
import { checkRegex } from "../check-text.ts";
import type { RawConfig } from "../config.ts";
import type { Blame } from "../fault.ts";
import { goURLFault } from "../go-url.ts";
import { checkController } from "./controller.ts";

/** `now` is for what may not lie in the future. */
export function checkComponents(config: RawConfig, now: Date | undefined, blame: Blame): void {
  checkGerrit(config.gerrit ?? {}, blame);
  checkJenkins(config.jenkins_operators ?? [], blame);
  checkGangway(config.gangway?.allowed_api_clients ?? [], blame);
  if (config.pubsub_subscriptions && config.pubsub_triggers) {
    blame("pubsub_subscriptions and pubsub_triggers are mutually exclusive", ["pubsub_triggers"]);
  }
  for (const [repo, { token_created_after: time }] of Object.entries(
    config.managed_webhooks?.org_repo_config ?? {},
  )) {
    if (now && time && Date.parse(time) > now.getTime()) {
      blame(`token_created_after ${time} can be no later than current time for repo/org ${repo}`, [
        "managed_webhooks",
        "org_repo_config",
        repo,
        "token_created_after",
      ]);
    }
  }
}

function checkGerrit(gerrit: NonNullable<RawConfig["gerrit"]>, blame: Blame): void {
  checkRegex(
    gerrit.allowed_presubmit_trigger_re ?? "",
    "validating gerrit config: failed to compile regex for allowed presubmit triggers",
    ["gerrit", "allowed_presubmit_trigger_re"],
    blame,
  );
  const fault = gerrit.deck_url && goURLFault(gerrit.deck_url);
  if (fault) blame(`invalid value for gerrit.deck_url: ${fault}`, ["gerrit", "deck_url"]);
}

function checkJenkins(operators: NonNullable<RawConfig["jenkins_operators"]>, blame: Blame): void {
  for (const [i, operator] of operators.entries()) {
    const path = ["jenkins_operators", i];
    checkController(operator, "jenkins_operators", path, blame, JENKINS_FUNCTIONS);
    const selector = operator.label_selector ?? "";
    const here = [...path, "label_selector"];
    const fault = labelSelectorFault(selector);
    if (fault) blame(`invalid jenkins_operators.label_selector option: ${fault}`, here);
    if (operators.length > 1 && !selector) {
      blame("selector overlap: cannot use an empty label_selector with multiple selectors", path);
    }
    if (operators.length === 1 && selector) {
      blame("label_selector is invalid when used for a single jenkins-operator", here);
    }
  }
}

/** What the job URL template of an operator may call besides Go's own. */
const JENKINS_FUNCTIONS = {
  replace: (old: unknown, by: unknown, text: unknown) => String(text).replaceAll(String(old), String(by)),
};

type Clients = NonNullable<NonNullable<RawConfig["gangway"]>["allowed_api_clients"]>;

function checkGangway(clients: Clients, blame: Blame): void {
  const seen = new Set<string>();
  for (const [i, { gcp, allowed_jobs_filters: filters = [] }] of clients.entries()) {
    const path = ["gangway", "allowed_api_clients", i];
    if (!gcp) {
      blame("allowedApiClient did not have a cloud vendor set", path);
      continue;
    }
    const { endpoint_api_consumer_type: type = "", endpoint_api_consumer_number: number = "" } = gcp;
    if (type !== "PROJECT") blame(`unsupported GCP API consumer type: "${type}"`, [...path, "gcp"]);
    else if (!/^[0-9]+$/.test(number)) {
      blame(`invalid EndpointApiConsumerNumber: "${number}"`, [...path, "gcp"]);
    } else if (seen.has(number))
      blame(`AllowedApiClient "gcp-${type}-${number}" declared multiple times`, path);
    seen.add(number);
    if (!filters.length) blame("allowed_jobs_filters field cannot be empty", path);
    for (const [j, { tenant_id: tenant }] of filters.entries()) {
      if (!tenant)
        blame("AllowedJobsFilters entry has an empty tenant_id", [...path, "allowed_jobs_filters", j]);
    }
  }
}
