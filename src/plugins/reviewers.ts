// What blunderbuss and rifle, which both request reviews, have in common: their part of plugins.yaml.
import { type Section, section } from "../config/plugins-config.ts";
import { pattern } from "../lib/pattern.ts";
import { boolean, type Infer, integer, list, object, string } from "../lib/schema.ts";

const contextSchema = object({
  context: string("Name of the context; default tide."),
  description: pattern(
    "What its description matches; default: tide lacks nothing but a review or its label.",
  ),
  state: string("State of the context; default pending."),
});

const reviewersSchema = object({
  request_count: integer("How many reviewers are asked at least; default 2."),
  max_request_count: integer("How many are asked at most; 0 is no limit."),
  exclude_approvers: boolean("Approvers are not asked, even when there are too few reviewers."),
  use_status_availability: boolean("Whoever is busy by their status on GitHub is not asked."),
  ignore_drafts: boolean("For a draft nobody is asked."),
  ignore_authors: list(string("Login of somebody for whose pull requests nobody is asked.")),
  wait_for_status: contextSchema,
});
type Written = Infer<typeof reviewersSchema>;
export type ReviewersOptions = Written & {
  request_count: number;
  wait_for_status?: Required<Infer<typeof contextSchema>>;
};

const REQUEST_COUNT = 2;
const WAIT = {
  context: "tide",
  state: "pending",
  description:
    "Not mergeable. (PullRequest is missing sufficient approving GitHub review\\(s\\)|Needs (lgtm|approved|approved, lgtm) labels?)\\.?",
};

export const reviewersSection = (key: string): Section<Written, ReviewersOptions> =>
  section(key, reviewersSchema, {
    complete: ({ request_count = REQUEST_COUNT, wait_for_status: wait, ...others }: Written = {}) => ({
      ...others,
      request_count,
      ...(wait && {
        wait_for_status: {
          context: wait.context || WAIT.context,
          state: wait.state || WAIT.state,
          description: wait.description || WAIT.description,
        },
      }),
    }),
    check({ request_count: count = REQUEST_COUNT }, judge) {
      if (count < 1) judge.error(`invalid request_count: ${count} (needs to be positive)`, ["request_count"]);
    },
  });

/** What its configuration means. */
export const reviewersSummary = (plugin: string, { request_count: count }: ReviewersOptions): string =>
  `${plugin} is currently configured to request reviews from ${count} reviewer${count > 1 ? "s" : ""}.`;
