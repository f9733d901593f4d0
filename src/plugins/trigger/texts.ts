// Every word that trigger says.
import { ABOUT_THIS_BOT_WITHOUT_COMMANDS } from "../../model/reply.ts";
import type { TriggerOptions } from "../trust.ts";

export const ABORTED = "Aborted by trigger plugin.";

export const DRAFT =
  "Skipping CI for Draft Pull Request.\nIf you want CI signal for your change, please convert it to an actual PR.\nYou can still manually trigger a test run with `/test all`";

export const CANNOT_TRIGGER =
  "Cannot trigger testing until a trusted user reviews the PR and leaves an `/ok-to-test` message.";
export const CANNOT_BE_TRUSTED =
  "PRs from untrusted users cannot be marked as trusted with `/ok-to-test` in this repo meaning untrusted PR authors can never trigger tests themselves. Collaborators can still trigger tests on the PR using `/test`.";
export const CANNOT_ABORT = "You don't have permission to abort this job.";
export const CANNOT_RERUN = "You don't have permission to rerun that job.";
export const CANNOT_REVOKE = "Only trusted users can revoke `/ok-to-test`.";

const copy = (sha: string): string => `\n\n\`\`\`\n/ok-to-test ${sha}\n\`\`\``;

/** Of `ok_to_test: per-sha`, which Prow has not. Logins stand without @: nobody need be called. */
export const commitTrusted = (sha: string, login: string): string =>
  `Commit ${sha} may be tested: ${login} has looked at it. What is pushed later is tested only when somebody has looked at that too.`;
export const commitRevoked = (login: string): string =>
  `No commit of this pull request is trusted any more: ${login} has taken that back.`;
export const askForCommit = (org: string, sha: string): string =>
  `Commit ${sha} is not tested yet, since nobody has said that they have looked at it. If it is reasonable to test, a member of ${org} should reply with${copy(sha)}`;
/** `canBeTrusted`: /ok-to-test is of use in the repository. */
export const cannotTellCommit = (sha: string, canBeTrusted: boolean): string =>
  `I cannot tell whether you have looked at commit ${sha}, which is what would be tested now: your comment does not name it, and it may have been pushed after you wrote. If it is reasonable to test, please ${canBeTrusted ? `reply with${copy(sha)}\n\nor ` : ""}name the commit when you repeat your comment.`;

export const TEST_WITHOUT_TARGET = "The `/test` command needs one or more targets.\n";
export const RETEST_WITH_TARGET = "The `/retest` command does not accept any targets.\n";
export const TARGET_NOT_FOUND = "The specified target(s) for `/test` were not found.\n";
export const NO_TEST_ALL_JOBS = "No jobs can be run with `/test all`.\n";
const AVAILABLE_REQUIRED = "The following commands are available to trigger required jobs:";
const AVAILABLE_OPTIONAL = "The following commands are available to trigger optional jobs:";

/** What a pull request can be asked to run. */
export interface Available {
  /** Names of the jobs of `/test all`. */
  testAll: string[];
  /** Commands. */
  optional: string[];
  required: string[];
}

/** `where` is org/repo@branch; `note` says why the help is given. */
export function helpMessage(where: string, note: string, available: Available): string {
  const testAll = new Set(available.testAll);
  const optional = new Set(available.optional);
  const required = new Set(available.required);
  if (testAll.size + optional.size + required.size === 0) return `No presubmit jobs available for ${where}`;
  const commands = (title: string, names: Set<string>) =>
    names.size > 0 ? `${title}${fenced(names)}\n\n` : "";
  return [
    note,
    commands(AVAILABLE_REQUIRED, required),
    commands(AVAILABLE_OPTIONAL, optional),
    testAll.size === optional.size + required.size
      ? "Use `/test all` to run all jobs.\n"
      : commands("Use `/test all` to run the following jobs that were automatically triggered:", testAll),
  ].join("");
}

const fenced = (names: Set<string>): string =>
  [...names]
    .sort()
    .map((name) => `\n\`\`\`\n${name}\n\`\`\``)
    .join("");

/** Any answer made by helpMessage: pruned when real tests are started. */
export const isHelpMessage = (body: string): boolean =>
  [
    TEST_WITHOUT_TARGET,
    RETEST_WITH_TARGET,
    TARGET_NOT_FOUND,
    NO_TEST_ALL_JOBS,
    AVAILABLE_REQUIRED,
    AVAILABLE_OPTIONAL,
  ].some((text) => body.includes(text));

interface Welcome {
  org: string;
  /** org/repo. */
  repo: string;
  author: string;
  options: TriggerOptions;
  /** Whether the author has had several pull requests merged. */
  regular: boolean;
  head: string;
}

/** Greets an author whose pull request is not trusted. */
export function welcome({ org, repo, author, options, regular, head }: Welcome): string {
  const commands = `I understand the commands that are listed [here](https://go.k8s.io/bot-commands?repo=${encodeURIComponent(repo)}).`;
  const about = `<details>\n\n${ABOUT_THIS_BOT_WITHOUT_COMMANDS}\n</details>\n`;
  if (options.ignore_ok_to_test) {
    return `Hi @${author}. Thanks for your PR.

PRs from untrusted users cannot be marked as trusted with \`/ok-to-test\` in this repo meaning untrusted PR authors can never trigger tests themselves. Collaborators can still trigger tests on the PR using \`/test all\`.

${commands}

${about}`;
  }
  const other = options.trusted_org;
  const more = other && other !== org ? `or [${other}](https://github.com/orgs/${other}/people) ` : "";
  const perCommit = options.ok_to_test === "per-sha";
  const answer = perCommit ? `/ok-to-test ${head}` : "/ok-to-test";
  const later = perCommit ? " Commits that are pushed later have to be verified anew." : "";
  return `Hi @${author}. Thanks for your PR.

I'm waiting for a [${org}](https://github.com/orgs/${org}/people) ${more}member to verify that this patch is reasonable to test. If it is, they should reply with \`${answer}\` on its own line. Until that is done, I will not automatically test new commits in this PR, but the usual testing commands by org members will still work.${later}

${invitation(org, options, regular)}

Once the patch is verified, the new status will be reflected by the \`ok-to-test\` label.

${commands}

${about}`;
}

function invitation(org: string, options: TriggerOptions, regular: boolean): string {
  const url = options.join_org_url || `https://github.com/orgs/${org}/people`;
  if (!regular) return `Regular contributors should [join the org](${url}) to skip this step.`;
  const own = options.org_invite?.prominent?.message;
  return own
    ? own.replaceAll("{join_org_url}", url)
    : `>[!TIP]\n>**We noticed you've done this a few times! Consider [joining the org](${url}) to skip this step and gain \`/lgtm\` and other bot rights.** We recommend asking approvers on your previous PRs to sponsor you.`;
}
