// What is wrong with the main configuration apart from its jobs, in Prow's words.
import { parseTemplate, TemplateError } from "../lib/go-template.ts";
import { goNames } from "../model/go-names.ts";
import type { ProwJob } from "../model/prowjob.ts";
import { checkRegex, checkTemplate } from "./check-text.ts";
import type { RawConfig } from "./config.ts";
import { SLACK_TEMPLATE } from "./defaults.ts";
import type { Blame } from "./fault.ts";
import { goURLFault } from "./go-url.ts";
import { queryFault } from "./tide-queries.ts";
import { MERGE_METHODS, type MergeMethods } from "./tide-schema.ts";
import { rerunAuthFault } from "./validate-decoration.ts";

const LOG_LEVELS = ["panic", "fatal", "error", "warn", "warning", "info", "debug", "trace"];

export function checkConfig(config: RawConfig, blame: Blame): void {
  checkPlank(config.plank ?? {}, blame);
  checkTide(config.tide ?? {}, blame);
  checkDeck(config.deck ?? {}, blame);
  checkSlack(config.slack_reporter_configs ?? {}, blame);
  for (const type of config.github_reporter?.job_types_to_report ?? []) {
    if (type !== "presubmit" && type !== "postsubmit") {
      blame(`invalid job_types_to_report: ${type}`, ["github_reporter", "job_types_to_report"]);
    }
  }
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
  if (config.pubsub_subscriptions && config.pubsub_triggers) {
    blame("pubsub_subscriptions and pubsub_triggers are mutually exclusive", ["pubsub_triggers"]);
  }
}

function checkPlank(plank: NonNullable<RawConfig["plank"]>, blame: Blame): void {
  checkTemplate(plank.job_url_template ?? "", "parsing template", ["plank", "job_url_template"], blame);
  const templates = Object.entries(plank.report_templates ?? {});
  if (plank.report_template && templates.length) {
    blame("both report_template and report_templates are specified", ["plank", "report_template"]);
  }
  for (const [repo, text] of [["*", plank.report_template ?? ""] as const, ...templates]) {
    const path = ["plank", ...(templates.length ? ["report_templates", repo] : ["report_template"])];
    checkTemplate(text, `error while parsing template for ${repo}`, path, blame);
  }
  if ((plank.max_concurrency ?? 0) < 0) {
    blame(
      `validating plank config: controller has invalid max_concurrency (${plank.max_concurrency}), it needs to be a non-negative number`,
      ["plank", "max_concurrency"],
    );
  }
  if ((plank.max_goroutines ?? 0) < 0) {
    blame(
      `validating plank config: controller has invalid max_goroutines (${plank.max_goroutines}), it needs to be a positive number`,
      ["plank", "max_goroutines"],
    );
  }
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

function checkDeck(deck: NonNullable<RawConfig["deck"]>, blame: Blame): void {
  const spyglass = deck.spyglass ?? {};
  if ((spyglass.size_limit ?? 0) < 0) {
    blame("invalid value for deck.spyglass.size_limit, must be >=0", ["deck", "spyglass", "size_limit"]);
  }
  for (const [i, lens] of (spyglass.lenses ?? []).entries()) {
    for (const file of [...(lens.required_files ?? []), ...(lens.optional_files ?? [])]) {
      checkRegex(file, `cannot compile regexp "${file}"`, ["deck", "spyglass", "lenses", i], blame);
    }
  }
  for (const file of Object.keys(spyglass.viewers ?? {})) {
    checkRegex(file, `cannot compile regexp "${file}"`, ["deck", "spyglass", "viewers", file], blame);
  }
  for (const field of ["gcs_browser_prefixes", "gcs_browser_prefixes_by_bucket"] as const) {
    if (spyglass.gcs_browser_prefix && spyglass[field]?.["*"] !== undefined) {
      blame(`both gcs_browser_prefix and ${field}['*'] are specified.`, ["deck", "spyglass", field]);
    }
  }
  for (const [i, log] of (deck.external_agent_logs ?? []).entries()) {
    checkTemplate(
      log.url_template ?? "",
      `parsing template for agent "${log.agent}"`,
      ["deck", "external_agent_logs", i],
      blame,
    );
  }
  const entries = deck.default_rerun_auth_configs ?? [];
  if (entries.length && Object.keys(deck.rerun_auth_configs ?? {}).length) {
    blame(
      "deck.rerun_auth_configs and deck.default_rerun_auth_configs are mutually exclusive, please use one or the other",
      ["deck", "rerun_auth_configs"],
    );
  }
  const auths = [
    ...entries.map((entry) => entry.rerun_auth_configs),
    ...Object.values(deck.rerun_auth_configs ?? {}),
  ];
  for (const [i, auth] of auths.entries()) {
    const fault = rerunAuthFault(auth);
    if (fault) blame(`default_rerun_auth_configs[${i}]: ${fault}`, ["deck"]);
  }
  if (deck.additional_allowed_buckets?.length && deck.skip_storage_path_validation !== false) {
    blame(
      "deck.skip_storage_path_validation is enabled despite deck.additional_allowed_buckets being configured",
      ["deck", "additional_allowed_buckets"],
      "set skip_storage_path_validation: false",
    );
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
