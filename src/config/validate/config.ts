// What is wrong with the main configuration apart from its jobs, in Prow's words.
import { parseTemplate, TemplateError } from "../../lib/go/template.ts";
import { goNames } from "../../model/go-names.ts";
import type { ProwJob } from "../../model/prowjob.ts";
import { checkRegex, checkTemplate } from "../check-text.ts";
import type { RawConfig } from "../config.ts";
import { SLACK_TEMPLATE } from "../defaults.ts";
import type { Blame } from "../fault.ts";
import { checkGitHubReporter } from "../github-reporter.ts";
import { goURLFault } from "../go-url.ts";
import { queryFault } from "../tide-queries.ts";
import { MERGE_BLOCKS_POLICIES, MERGE_METHODS, type MergeMethods } from "../tide-schema.ts";
import { checkComponents } from "./components.ts";
import { checkController } from "./controller.ts";
import { checkDeck } from "./deck.ts";

const LOG_LEVELS = ["panic", "fatal", "error", "warn", "warning", "info", "debug", "trace"];

/** `now` is for what may not lie in the future. */
export function checkConfig(config: RawConfig, now: Date | undefined, blame: Blame): void {
  checkPlank(config.plank ?? {}, blame);
  checkComponents(config, now, blame);
  checkTide(config.tide ?? {}, blame);
  checkDeck(config.deck ?? {}, blame);
  checkSlack(config.slack_reporter_configs ?? {}, blame);
  checkGitHubReporter(config.github_reporter ?? {}, blame);
  if (config.log_level && !LOG_LEVELS.includes(config.log_level.toLowerCase())) {
    blame(
      `not a valid logrus Level: "${config.log_level}"`,
      ["log_level"],
      `one of ${LOG_LEVELS.join(", ")}`,
    );
  }
  const link = goURLFault(config.github?.link_url ?? "");
  if (link)
    blame(`unable to parse github.link_url, might not be a valid url: ${link}`, ["github", "link_url"]);
  const protection = config["branch-protection"];
  if (protection?.include?.length && protection.exclude?.length) {
    blame("Forbidden to set both Policy.Include and Policy.Exclude, Please use either Include or Exclude!", [
      "branch-protection",
    ]);
  }
}

function checkPlank(plank: NonNullable<RawConfig["plank"]>, blame: Blame): void {
  checkController(plank, "plank", ["plank"], blame);
  const map = Object.keys(plank.default_decoration_configs ?? {}).length > 0;
  if (map && plank.default_decoration_config_entries?.length) {
    blame(
      "plank.default_decoration_configs and plank.default_decoration_config_entries are mutually exclusive, please use one or the other",
      ["plank", "default_decoration_config_entries"],
    );
  }
  for (const [repo, prefix] of Object.entries(plank.job_url_prefix_config ?? {})) {
    const fault = goURLFault(prefix);
    if (fault)
      blame(`invalid value for Planks job_url_prefix_config["${repo}"]: ${fault}`, [
        "plank",
        "job_url_prefix_config",
        repo,
      ]);
  }
}

function checkTide(tide: NonNullable<RawConfig["tide"]>, blame: Blame): void {
  if ((tide.max_goroutines ?? 0) < 0) {
    blame(`tide has invalid max_goroutines (${tide.max_goroutines}), it needs to be a positive number`, [
      "tide",
      "max_goroutines",
    ]);
  }
  if (tide.target_url && Object.keys(tide.target_urls ?? {}).length) {
    blame("tide.target_url and tide.target_urls are mutually exclusive", ["tide", "target_url"]);
  }
  const pages = Object.keys(tide.pr_status_base_urls ?? {});
  if (tide.pr_status_base_url && pages.length) {
    blame("both pr_status_base_url and pr_status_base_urls are defined", ["tide", "pr_status_base_url"]);
  } else if (pages.length && !pages.includes("*")) {
    blame("pr_status_base_urls is defined but the default value ('*') is missing", [
      "tide",
      "pr_status_base_urls",
    ]);
  }
  for (const [org, methods] of Object.entries(tide.merge_method ?? {})) {
    checkMethods(methods, [org], ["tide", "merge_method", org], blame);
  }
  for (const [name, { title = "", body = "" }] of Object.entries(tide.merge_commit_template ?? {})) {
    checkTemplate(
      title,
      "parsing template for commit title",
      ["tide", "merge_commit_template", name, "title"],
      blame,
    );
    checkTemplate(
      body,
      "parsing template for commit body",
      ["tide", "merge_commit_template", name, "body"],
      blame,
    );
  }
  for (const [key, policy] of Object.entries(tide.github_merge_blocks_policy ?? {})) {
    if (!MERGE_BLOCKS_POLICIES.includes(policy)) {
      blame(
        `tide.github_merge_blocks_policy["${key}"] has invalid value "${policy}", must be one of: ${MERGE_BLOCKS_POLICIES.join(", ")}`,
        ["tide", "github_merge_blocks_policy", key],
      );
    }
  }
  for (const [i, query] of (tide.queries ?? []).entries()) {
    const fault = queryFault(query);
    if (fault) blame(`tide query (index ${i}) is invalid: ${fault}`, ["tide", "queries", i]);
  }
}

/** `names`: the org, then the repository, then a branch regex. */
function checkMethods(methods: MergeMethods, names: string[], path: string[], blame: Blame): void {
  const where = names.length < 3 ? names.join("/") : `${names[0]}/${names[1]}@${names[2]}`;
  if (typeof methods === "string") {
    const unset = methods === "" && names.length < 3;
    if (!unset && !(MERGE_METHODS as readonly string[]).includes(methods)) {
      blame(
        `tide merge type: merge type "${methods}" for ${where} is not a valid type`,
        path,
        `one of ${MERGE_METHODS.join(", ")}`,
      );
    }
    return;
  }
  if (names.length === 3) {
    blame(`tide merge type: expected a merge method for ${where}`, path);
    return;
  }
  for (const [key, below] of Object.entries(methods)) {
    if (names.length === 2)
      checkRegex(key, `tide merge type: regex "${key}" is not valid`, [...path, key], blame);
    checkMethods(below, [...names, key], [...path, key], blame);
  }
}

const EMPTY_JOB: ProwJob = {
  apiVersion: "prow.k8s.io/v1",
  kind: "ProwJob",
  metadata: { name: "" },
  spec: { type: "periodic", job: "" },
  status: {},
};

function checkSlack(reporters: NonNullable<RawConfig["slack_reporter_configs"]>, blame: Blame): void {
  for (const [repo, reporter] of Object.entries(reporters)) {
    const path = ["slack_reporter_configs", repo];
    if (!reporter.channel) blame("failed to validate slackreporter config: channel must be set", path);
    try {
      parseTemplate(reporter.report_template || SLACK_TEMPLATE).execute(goNames(EMPTY_JOB));
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      blame(`failed to validate slackreporter config: failed to execute report_template: ${error.message}`, [
        ...path,
        "report_template",
      ]);
    }
  }
}
