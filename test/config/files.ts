// Configurations for tests, from YAML texts.
import type { Config } from "../../src/config/config.ts";
import { type Loaded, type LoadOptions, loadConfig } from "../../src/config/load.ts";
import type { Section } from "../../src/config/plugins-config.ts";
import { problemText } from "../../src/config/source.ts";

/** A complete decoration, so that a decorated job is valid. */
export const DECORATED = `
pod_namespace: test-pods
prowjob_namespace: prow
plank:
  job_url_prefix_config: {'*': https://prow.example.com/view/}
  default_decoration_config_entries:
  - config:
      timeout: 2h
      grace_period: 15m
      utility_images: {clonerefs: i/clonerefs, initupload: i/initupload, entrypoint: i/entrypoint, sidecar: i/sidecar}
      gcs_configuration: {bucket: b, path_strategy: explicit}
`;

interface Texts {
  config?: string;
  jobs?: string | Record<string, string>;
  plugins?: string;
  sections?: Section<unknown>[];
  options?: LoadOptions;
}

export function load({ config = DECORATED, jobs = {}, plugins, sections = [], options }: Texts): Loaded {
  const files = typeof jobs === "string" ? { "jobs.yaml": jobs } : jobs;
  return loadConfig(
    {
      config: { path: "config.yaml", text: config },
      jobs: Object.entries(files).map(([path, text]) => ({ path, text })),
      ...(plugins !== undefined && { plugins: { path: "plugins.yaml", text: plugins } }),
    },
    sections,
    options,
  );
}

/** The configuration of texts that are right. */
export function loadGood(texts: Texts): Config {
  const { config, problems } = load(texts);
  if (!config) throw new Error(problems.map(problemText).join("\n"));
  return config;
}

export const errorsOf = (texts: Texts): string[] =>
  load(texts)
    .problems.filter(({ level }) => level === "error")
    .map(problemText);
