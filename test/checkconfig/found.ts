// Findings of one warning for configurations that are written as YAML.
import type { Facts } from "../../src/checkconfig/warning.ts";
import { findings, WARNINGS } from "../../src/checkconfig/warnings.ts";
import { problemText } from "../../src/config/source.ts";
import { pluginSections } from "../../src/plugins/index.ts";
import { DECORATED, load } from "../config/files.ts";

export interface World extends Partial<Facts> {
  yaml?: string;
  jobs?: string;
  pluginsYaml?: string;
}

/** Messages of the named warning. */
export function found(warning: string, { yaml = "", jobs = "", pluginsYaml, ...facts }: World): string[] {
  const loaded = load({
    config: `${DECORATED}\n${yaml}`,
    jobs,
    ...(pluginsYaml !== undefined && { plugins: pluginsYaml }),
    sections: [...pluginSections],
  });
  if (!loaded.config) throw new Error(loaded.problems.map(problemText).join("\n"));
  const known = WARNINGS.filter(({ name }) => name === warning);
  if (!known.length) throw new Error(`there is no warning ${warning}`);
  return findings(
    {
      config: loaded.config,
      ...(pluginsYaml !== undefined && { plugins: loaded.plugins }),
      problems: loaded.problems,
      files: { config: "config.yaml", plugins: "plugins.yaml" },
      requiredAnnotations: [],
      absentPlugins: [],
      supplements: [],
      ...facts,
    },
    known,
  ).map(({ message }) => message);
}
