// An effect in one line, for people: dry runs, logs, audit.
import { cutText } from "../lib/cut-text.ts";
import {
  type CommitEffect,
  type ConfigMapsEffect,
  type Effect,
  type GitHubEffect,
  isCommitEffect,
  isKubeEffect,
  isMessageEffect,
  type KubeEffect,
  type MessageEffect,
} from "../model/effect.ts";
import { issueName, repoName } from "../model/github.ts";

const LONGEST_TEXT = 80;

/** For example `add labels lgtm, approved to org/repo#7`. */
export function printEffect(effect: Effect): string {
  if (effect.do === "writeObject")
    return `write ${effect.url} (${effect.content.length} characters of ${effect.contentType})`;
  if (effect.do === "cherryPick") {
    const each = effect.picks.map(
      ({ commits, onto, pr }) => `${issueName(pr)} (${commits.length} commits) onto ${onto}`,
    );
    return `cherry-pick ${each.join("; ")}`;
  }
  if (effect.do === "updateConfigMaps") return printConfigMaps(effect);
  if (isMessageEffect(effect)) return printMessage(effect);
  return isKubeEffect(effect) ? printKube(effect) : printGitHub(effect);
}

function printConfigMaps({ updates, issue: ref }: ConfigMapsEffect): string {
  const each = updates.map(
    ({ cluster, keys, ...map }) =>
      `${object(map)} in cluster ${cluster} (${keys.map(({ key }) => key).join(", ")})`,
  );
  return `update ConfigMaps after ${issueName(ref)}: ${each.join("; ")}`;
}

function printGitHub(effect: GitHubEffect): string {
  if (isCommitEffect(effect)) return printCommit(effect);
  switch (effect.do) {
    case "addLabels":
      return `add labels ${effect.labels.join(", ")} to ${issueName(effect.issue)}`;
    case "removeLabel":
      return `remove label ${effect.label} from ${issueName(effect.issue)}`;
    case "createComment":
      return `comment on ${issueName(effect.issue)}: ${text(effect.body)}`;
    case "keepComment":
      return `say in the one comment ${text(effect.tag)} on ${issueName(effect.issue)}: ${text(effect.body.slice(effect.tag.length).trim())}`;
    case "editComment":
      return `edit ${comment(effect.id)} in ${repoName(effect.repo)}: ${text(effect.body)}`;
    case "deleteComment":
      return `delete ${comment(effect.id)} in ${repoName(effect.repo)}`;
    case "pinIssue":
      return `${effect.pinned ? "pin" : "unpin"} ${issueName(effect.issue)}`;
    case "transferIssue":
      return `transfer ${issueName(effect.issue)} to ${repoName(effect.to)}`;
    case "assign":
      return `assign ${effect.logins.join(", ")} to ${issueName(effect.issue)}`;
    case "unassign":
      return `unassign ${effect.logins.join(", ")} from ${issueName(effect.issue)}`;
    case "requestReviews":
      return `request reviews of ${issueName(effect.issue)} from ${effect.logins.join(", ")}`;
    case "unrequestReviews":
      return `withdraw review requests of ${issueName(effect.issue)} from ${effect.logins.join(", ")}`;
    case "createReview": {
      const { event, comments, body } = effect.review;
      return `review ${issueName(effect.pr)} (${event}, ${comments.length} comments): ${text(body)}`;
    }
    case "setState":
      return `${effect.state === "open" ? "reopen" : "close"} ${issueName(effect.issue)}${effect.notPlanned ? " as not planned" : ""}`;
    case "editIssue": {
      const { title, body } = effect;
      const what = [
        title !== undefined && `title ${text(title)}`,
        body !== undefined && `body ${text(body)}`,
      ];
      return `edit ${issueName(effect.issue)}: ${what.filter(Boolean).join(", ")}`;
    }
    case "setMilestone":
      return effect.milestone === null
        ? `take the milestone off ${issueName(effect.issue)}`
        : `set milestone ${effect.milestone} on ${issueName(effect.issue)}`;
    case "react": {
      const { commentId, reaction } = effect;
      return `react ${reaction} to ${commentId === undefined ? "" : `comment ${commentId} of `}${issueName(effect.issue)}`;
    }
    case "deleteBranch":
      return `delete branch ${effect.branch} of ${repoName(effect.repo)}`;
    case "mergeInOrder": {
      const merges = effect.merges.map(({ number, sha, method }) => `#${number} at ${sha} by ${method}`);
      return `merge into ${repoName(effect.repo)} ${effect.branch}: ${merges.join(", ")}`;
    }
    default:
      effect satisfies never;
      return JSON.stringify(effect);
  }
}

function printCommit(effect: CommitEffect): string {
  switch (effect.do) {
    case "createStatus": {
      const { context, state, description } = effect.status;
      return `set status ${context} of ${repoName(effect.repo)}@${effect.sha} to ${state}: ${text(description)}`;
    }
    case "createCheckRun": {
      const { conclusion, head_sha, name } = effect.run;
      return `report check run ${text(name)} of ${repoName(effect.repo)}@${head_sha} as ${conclusion}`;
    }
    case "reportCheckRun": {
      const { annotations, conclusion, external_id, head_sha, name, status } = effect.report;
      const notes = annotations.length > 0 ? ` with ${annotations.length} annotations` : "";
      return `report check run ${text(name)} (${external_id}) of ${repoName(effect.repo)}@${head_sha} as ${conclusion ?? status}${notes}`;
    }
    case "rerunFailedJobs":
      return `run the failed jobs of workflow run ${effect.run} in ${repoName(effect.repo)} again`;
    case "approveWorkflowRun":
      return `approve workflow run ${effect.run} in ${repoName(effect.repo)}`;
    default:
      effect satisfies never;
      return JSON.stringify(effect);
  }
}

function printKube(effect: KubeEffect): string {
  switch (effect.do) {
    case "createProwJob":
      return `create ProwJob ${object(effect.job.metadata)} for ${effect.job.spec.type} ${effect.job.spec.job}`;
    case "patchProwJob":
      return `patch ProwJob ${object(effect)}: ${text(JSON.stringify(effect.patch))}`;
    case "deleteProwJob":
      return `delete ProwJob ${object(effect)}`;
    case "createPod":
      return `create pod ${object(effect.pod.metadata)} in cluster ${effect.cluster}`;
    case "patchPod":
      return `patch pod ${object(effect)} in cluster ${effect.cluster}: ${text(JSON.stringify(effect.patch))}`;
    case "deletePod":
      return `delete pod ${object(effect)} in cluster ${effect.cluster}`;
    default:
      effect satisfies never;
      return JSON.stringify(effect);
  }
}

function printMessage(effect: MessageEffect): string {
  if (effect.do === "publish")
    return `publish to topic ${effect.topic} of project ${effect.project}: ${text(effect.data)}`;
  const host = effect.host === "*" ? "" : ` at ${effect.host}`;
  return `post to Slack channel ${effect.channel}${host}: ${text(effect.text)}`;
}

/** A negative id is that of a part of the bot's one comment. */
const comment = (id: number): string => (id < 0 ? `part ${-id} of the comment` : `comment ${id}`);
const object = ({ namespace, name }: { namespace?: string; name: string }): string =>
  `${namespace ?? ""}/${name}`;

const text = (value: string): string => cutText(JSON.stringify(value).slice(1, -1), LONGEST_TEXT);
