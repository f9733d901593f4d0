// Welcomes new approvers and reviewers.
import { isOwnersFile, newOwners } from "../owners/new-owners.ts";
import { prRef } from "./event-issue.ts";
import { ownersSettings } from "./owners-of.ts";
import type { Plugin } from "./plugin.ts";

export const rewardOwners: Plugin = {
  name: "reward-owners",
  on: ["pull_request"],
  description:
    "The reward-owners plugin watches in OWNERS and OWNERS_ALIASES files for modifications and welcomes new approvers and reviewers.",
  commands: [],
  async handle(event, { config, log, plugins, read }) {
    if (event.kind !== "pull_request" || event.action !== "closed" || !event.pr.merged) return [];
    const { pr, repo } = event;
    const issue = prRef(repo, pr);
    const settings = ownersSettings(repo, config, plugins);
    const files = await read.changedFiles(issue);
    const counted = files.filter(({ filename }) => isOwnersFile(filename, settings));
    const written = counted.filter(({ status }) => status !== "removed").map(({ filename }) => filename);
    const named = written.some((path) => isOwnersFile(path, { ...settings, markdown: false }));
    if (!named) return [];
    const removed = files.flatMap(({ filename, previous_filename, status }) =>
      status === "removed"
        ? [filename]
        : status === "renamed" && previous_filename
          ? [previous_filename]
          : [],
    );
    const change = { base: pr.base.sha, head: pr.head.sha, written, removed };
    const warn = (problem: string) => log.warn({ ...repo }, problem);
    const people = await newOwners(read, repo, change, settings, warn);
    if (people.length === 0) return [];
    const body = reward(people.map((login) => `@${login}`).join(", "));
    return [{ do: "createComment", issue, body, marker: body.trim() }];
  },
};

const reward = (people: string): string => `
Thanks to ${people} for serving the community in this new capacity!

Next steps:
1- Reach out in [slack.k8s.io](http://slack.k8s.io/) -> #sig-contribex for your special badge swag!

2- Join [slack.k8s.io](http://slack.k8s.io/) -> #kubernetes-contributors in slack and [dev@kubernetes.io](https://groups.google.com/a/kubernetes.io/g/dev) for all upstream info

3- Review the [community-membership.md](https://github.com/kubernetes/community/blob/master/community-membership.md) doc for your role. If for some reason you can't perform the duties associated, Emeritus is a great way to take a break! [OWNERs](https://github.com/kubernetes/community/blob/master/contributors/guide/owners.md) is another great resource for how this works.

4- Look over our [governance](https://github.com/kubernetes/community/blob/master/governance.md) docs now that you are actively involved in the maintenance of the project.
`;
