// Sections of the smaller components: pipeline, gangway, jenkins operators, scheduler, Pub/Sub, webhooks.
import { durationText } from "../lib/duration.ts";
import { boolean, integer, list, map, object, string } from "../lib/schema.ts";
import { timeField } from "../lib/time-field.ts";

/** What plank and every jenkins operator may set. */
export const controllerFields = {
  job_url_template: string("A Go template over the ProwJob."),
  report_template: string("A Go template over the ProwJob."),
  report_templates: map(string("A Go template over the ProwJob.")),
  max_concurrency: integer("Most jobs at a time; 0 is unlimited."),
  max_goroutines: integer("Jobs looked at side by side; default 20."),
};

export const jenkinsOperatorSchema = object({
  ...controllerFields,
  label_selector: string("Which jobs are this operator's; empty only when there is no other."),
});

export const pipelineSchema = object({
  allow_concurrent_postsubmit_jobs: boolean("Newer postsubmits do not end older ones."),
});

export const gangwaySchema = object({
  allowed_api_clients: list(
    object({
      gcp: object({
        endpoint_api_consumer_type: string("PROJECT."),
        endpoint_api_consumer_number: string("Number of the Google Cloud project."),
      }),
      allowed_jobs_filters: list(object({ tenant_id: string() })),
    }),
  ),
});

export const schedulerSchema = object({
  enabled: boolean(),
  failover: object({ mappings: map(string("Cluster to run on instead.")) }),
  external: object({
    url: string("Asked for the cluster of every job."),
    cache: object({ entry_timeout_interval: durationText(), cleanup_interval: durationText() }),
  }),
});

export const pubsubTriggerSchema = object({
  project: string(),
  topics: list(string()),
  allowed_clusters: list(string()),
  max_outstanding_messages: integer("Messages worked on at a time; default 10."),
});

export const managedWebhooksSchema = object({
  respect_legacy_global_token: boolean(),
  auto_accept_invitation: boolean(),
  org_repo_config: map(object({ token_created_after: timeField("Older tokens are replaced.") })),
});
