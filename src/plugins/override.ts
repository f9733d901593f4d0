// /override: declares a failed context to be passed.
import type { PluginsConfig } from "../config/plugins-config.ts";
import { command } from "../model/commands.ts";
import { cancelOverrides } from "./override/cancel.ts";
import { overrideContexts } from "./override/contexts.ts";
import { deskFor } from "./override/desk.ts";
import { overrideSection, whoMay } from "./override/options.ts";
import type { Plugin } from "./plugin.ts";

const OVERRIDE = command("(?mi)^/override( ([^\\r\\n]+))?[\\r\\n]?$");
const STICKY = command("(?mi)^/override-sticky( ([^\\r\\n]+))?[\\r\\n]?$");
const CANCEL = command("(?mi)^/override-cancel( ([^\\r\\n]+))?[\\r\\n]?$");

const whoCanUse = (plugins: PluginsConfig) => whoMay(plugins.get(overrideSection) ?? {});

export const override: Plugin = {
  name: "override",
  on: ["comment"],
  sections: [overrideSection],
  description: "The override plugin allows repo admins to force a github status context to pass",
  commands: (plugins) => [
    {
      usage: "/override [context1] [context2]",
      description:
        "Forces github status contexts to green (multiple can be given). If the desired context has spaces, it must be quoted. Overrides expire when the base branch moves.",
      featured: false,
      whoCanUse: whoCanUse(plugins),
      examples: [
        "/override pull-repo-whatever",
        '/override "test / Unit Tests"',
        "/override ci/circleci",
        "/override deleted-job other-job",
      ],
    },
    {
      usage: "/override-sticky [context1] [context2]",
      description:
        "Like /override, but the override persists across retests on the current HEAD SHA even when the base branch moves. Pushing a new commit clears them. Use /override-cancel to remove.",
      featured: false,
      whoCanUse: whoCanUse(plugins),
      examples: ["/override-sticky pull-repo-whatever", '/override-sticky "test / Unit Tests"'],
    },
    {
      usage: "/override-cancel [context]",
      description:
        "Removes overrides by setting the status back to failure. Works on both regular and sticky overrides. If a context is given, only that override is removed. If no context is given, all overrides on the PR are removed.",
      featured: false,
      whoCanUse: whoCanUse(plugins),
      examples: ["/override-cancel pull-repo-whatever", "/override-cancel"],
    },
  ],
  async handle(event, context) {
    if (event.kind !== "comment" || event.action !== "created" || !event.isPR) return [];
    if (event.issue.state !== "open") return [];
    const given = (pattern: typeof OVERRIDE) => pattern.all(event.body).map(([, , names = ""]) => names);
    const desk = deskFor(event, context);
    // A comment may hold all three; what is cancelled can be overridden anew.
    const cancelled = await cancelOverrides(desk, given(CANCEL));
    const since = cancelled.flatMap((effect) => (effect.do === "createStatus" ? [effect.status] : []));
    const sticky = await overrideContexts(desk, "/override-sticky", given(STICKY), since);
    const plain = await overrideContexts(desk, "/override", given(OVERRIDE), since);
    return [...cancelled, ...sticky, ...plain];
  },
};
