// /close, /reopen, /lifecycle: where an issue stands in its life.
import type { PluginDeclaration } from "./plugin.ts";

export const lifecycle: PluginDeclaration = {
  name: "lifecycle",
  on: ["comment"],
  description: "Close, reopen, flag and/or unflag an issue or PR as frozen/stale/rotten",
  commands: [
    {
      usage: "/close [not-planned]",
      description: "Closes an issue or PR.",
      featured: false,
      whoCanUse: "Authors and collaborators on the repository can trigger this command.",
      examples: ["/close", "/close not-planned"],
    },
    {
      usage: "/reopen",
      description: "Reopens an issue or PR",
      featured: false,
      whoCanUse: "Authors and collaborators on the repository can trigger this command.",
      examples: ["/reopen"],
    },
    {
      usage: "/[remove-]lifecycle <frozen|stale|rotten>",
      description: "Flags an issue or PR as frozen/stale/rotten",
      featured: false,
      whoCanUse: "Anyone can trigger this command.",
      examples: ["/lifecycle frozen", "/remove-lifecycle stale"],
    },
  ],
};
