// Reports to Slack: a message in a channel for the states of jobs that the configuration names.
import type { Config } from "../config/config.ts";
import { forRepo } from "../config/for-repo.ts";
import { parseTemplate } from "../lib/go/template.ts";
import type { Effect } from "../model/effect.ts";
import { goNames } from "../model/go-names.ts";
import type { ProwJob } from "../model/prowjob.ts";
import type { Reporter } from "./reporter.ts";

type SlackConfigs = Config["slack_reporter_configs"];
type SlackConfig = NonNullable<NonNullable<ProwJob["spec"]["reporter_config"]>["slack"]>;

export interface SlackReporterDeps {
  config: () => Pick<Config, "slack_reporter_configs">;
  workers: number;
}

const ANY_HOST = "*";

/** What Slack will refuse however often it is asked. */
const HOPELESS = ["msg_too_long", "no_text"];

export const slackReporter = ({ config, workers }: SlackReporterDeps): Reporter => ({
  name: "slackreporter",
  workers,
  shouldReport: (job) => isForSlack(job, config().slack_reporter_configs),
  steps: (job) => [
    {
      effects: async () => [slackEffect(job, config().slack_reporter_configs)],
      isHopeless: (error) => HOPELESS.includes((error as { reason?: string }).reason ?? ""),
    },
  ],
});

/** A job that names a channel is told of whatever its type; its state has to be listed in any case. */
export function isForSlack(job: ProwJob, configs: SlackConfigs): boolean {
  const { spec, status } = job;
  const shared = sharedConfig(job, configs);
  const typeCounts = shared.job_types_to_report?.includes(spec.type) ?? false;
  const { job_states_to_report: states, report } = slackConfig(job, configs);
  if (!status.state || report === false) return false;
  return (
    (states?.includes(status.state) ?? false) && (typeCounts || Boolean(spec.reporter_config?.slack?.channel))
  );
}

/** The job's own settings over those of its repository, its org or all. */
export function slackConfig(job: ProwJob, configs: SlackConfigs): SlackConfig {
  const shared = sharedConfig(job, configs);
  const own = job.spec.reporter_config?.slack ?? {};
  return {
    host: own.host || shared.host || ANY_HOST,
    channel: own.channel || shared.channel || "",
    job_states_to_report: own.job_states_to_report ?? shared.job_states_to_report,
    report_template: own.report_template || shared.report_template || "",
    report: own.report ?? shared.report,
  };
}

function sharedConfig({ spec }: ProwJob, configs: SlackConfigs): Partial<SlackConfigs[string]> {
  const refs = spec.refs ?? spec.extra_refs?.[0];
  return (refs ? forRepo(configs, refs) : configs[ANY_HOST]) ?? {};
}

export function slackEffect(job: ProwJob, configs: SlackConfigs): Effect {
  const { host = ANY_HOST, channel = "", report_template = "" } = slackConfig(job, configs);
  const { namespace = "", name, uid = "" } = job.metadata;
  return {
    do: "postToSlack",
    host,
    channel,
    text: parseTemplate(report_template).execute(goNames(job)),
    key: `${namespace}/${name} ${uid} ${job.status.state}`,
  };
}
