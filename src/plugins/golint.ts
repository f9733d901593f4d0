// /lint: reviews changed Go files.
import { section } from "../config/plugins-config.ts";
import { number, object } from "../lib/schema.ts";
import type { PluginDeclaration } from "./plugin.ts";

const CONFIDENCE = 0.8;

const golintSection = section(
  "golint",
  object({
    minimum_confidence: number(
      `How sure of a problem it has to be to name it, from 0 to 1; default ${CONFIDENCE}.`,
    ),
  }),
  { complete: (written = {}) => ({ minimum_confidence: written.minimum_confidence ?? CONFIDENCE }) },
);

export const golint: PluginDeclaration = {
  name: "golint",
  on: ["comment"],
  sections: [golintSection],
  description:
    "The golint plugin runs golint on changes made to *.go files in a PR. It then creates a new review on the pull request and leaves golint warnings at the appropriate lines of code.",
  commands: [
    {
      usage: "/lint",
      description: "Runs golint on changes made to *.go files in a PR",
      featured: false,
      whoCanUse: "Anyone can trigger this command on a PR.",
      examples: ["/lint"],
    },
  ],
  explainAll: (plugins) =>
    `The golint plugin will report problems with a minimum confidence of ${plugins.get(golintSection).minimum_confidence.toFixed(6)}.`,
};
