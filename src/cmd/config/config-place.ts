// A whole configuration by one path: its config.yaml, or a directory in which that, jobs and plugins.yaml are found.
import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ConfigPaths } from "../../config/read-files.ts";
import { InputError, kindOf, readText } from "../wiring/tool.ts";

/** Where deployments keep their files, seen from the directory. */
const LAYOUTS = [
  { config: "config.yaml", jobs: ["jobs", "config/jobs"], plugins: "plugins.yaml" },
  { config: "config/config.yaml", jobs: ["config/jobs", "jobs"], plugins: "config/plugins.yaml" },
  {
    config: "config/prow/config.yaml",
    jobs: ["config/jobs", "config/prow/jobs"],
    plugins: "config/prow/plugins.yaml",
  },
  { config: "prow/config.yaml", jobs: ["prow/jobs", "jobs"], plugins: "prow/plugins.yaml" },
] as const;

export interface Overrides {
  /** Relative to the directory; "" is to look in the usual places. */
  jobs: string;
  plugins: string;
}

/** Throws InputError when no configuration is there. */
export function configAt(path: string, what: string, { jobs, plugins }: Overrides): ConfigPaths {
  if (kindOf(path, what) === "file") {
    readText(path, what);
    return found(dirname(path), path, ["jobs"], "plugins.yaml", { jobs, plugins }, what);
  }
  const layout = LAYOUTS.find(({ config }) => existsSync(join(path, config)));
  if (!layout) {
    const tried = LAYOUTS.map(({ config }) => config).join(", ");
    throw new InputError(`${what} ${path} has no configuration: none of ${tried} is in it`);
  }
  const config = join(path, layout.config);
  readText(config, what);
  return found(path, config, layout.jobs, layout.plugins, { jobs, plugins }, what);
}

function found(
  root: string,
  configPath: string,
  jobs: readonly string[],
  plugins: string,
  overrides: Overrides,
  what: string,
): ConfigPaths {
  for (const named of [overrides.jobs, overrides.plugins]) if (named) kindOf(join(root, named), what);
  const there = (relative: string | undefined) =>
    relative && statSync(join(root, relative), { throwIfNoEntry: false }) ? join(root, relative) : undefined;
  const jobConfigPath = there(overrides.jobs || jobs.find((one) => there(one)));
  const pluginConfigPath = there(overrides.plugins || plugins);
  return {
    configPath,
    ...(jobConfigPath && { jobConfigPath }),
    ...(pluginConfigPath && { pluginConfigPath }),
  };
}
