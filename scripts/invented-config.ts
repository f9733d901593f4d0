// Configurations out of nothing: of the fields that the schemas know, with values of the right or the wrong kind; and bombs.
import { configSchema, jobConfigSchema } from "../src/config/config.ts";
import { inRepoSchema } from "../src/config/in-repo-config.ts";
import { pluginsSchema } from "../src/config/plugins-file.ts";
import type { Schema } from "../src/lib/schema.ts";
import { pluginSections } from "../src/plugins/index.ts";
import { SCALARS } from "./hostile-texts.ts";
import type { Chance } from "./seeded.ts";

const SCHEMAS = {
  config: configSchema,
  jobs: jobConfigSchema,
  plugins: pluginsSchema(pluginSections),
  inRepo: inRepoSchema,
} as const;

/** YAML in flow style, which needs no indentation. */
export function invented(kind: keyof typeof SCHEMAS, chance: Chance): string {
  if (chance.oneIn(40)) return bomb(chance);
  return value(SCHEMAS[kind], chance, 0);
}

const KEYS = ["o/r", "o", "*", "a", "main", "__proto__", "constructor", "x.y/z", "", "1", "true"];

function value(schema: Schema<unknown> | undefined, chance: Chance, depth: number): string {
  if (!schema || depth > 12 || chance.oneIn(25)) return chance.pick(SCALARS);
  const some = <T>(list: readonly T[], most: number): T[] =>
    Array.from({ length: chance.below(most + 1) }, () => chance.pick(list));
  switch (schema.kind) {
    case "object": {
      const fields = some(Object.keys(schema.fields ?? {}), depth < 3 ? 4 : 3);
      return `{${fields.map((key) => `${key}: ${value(schema.fields![key], chance, depth + 1)}`).join(", ")}}`;
    }
    case "map":
      return `{${some(KEYS, 2)
        .map((key) => `"${key}": ${value(schema.element, chance, depth + 1)}`)
        .join(", ")}}`;
    case "array":
      return `[${some([0], 2)
        .map(() => value(schema.element, chance, depth + 1))
        .join(", ")}]`;
    default:
      return chance.pick(SCALARS);
  }
}

function bomb(chance: Chance): string {
  const length = 10 ** (1 + chance.below(5));
  const word = chance.pick(["presubmits", "prow_ignored", "tide", "periodics", "x"]);
  switch (chance.below(8)) {
    case 0:
      return `${word}: ${"[".repeat(length)}${"]".repeat(length)}`;
    case 1:
      return `${word}: ${"{a: ".repeat(length)}1${"}".repeat(length)}`;
    case 2:
      return Array.from({ length: Math.min(length, 2000) }, (_, i) => `${" ".repeat(i)}a:`).join("\n");
    case 3:
      return laughs(chance);
    case 4:
      return `${word}: &a [*a]`;
    case 5:
      return `${word}: "${"\\x41".repeat(length)}"`;
    case 6:
      return `${"- ".repeat(length)}a`;
    default:
      return Array.from({ length: Math.min(length, 10_000) }, (_, i) => `k${i % 50}: {<<: {a: b}}`).join(
        "\n",
      );
  }
}

/** Each list holds the one before ten times. */
function laughs(chance: Chance): string {
  const names = "abcdefghij".slice(0, 2 + chance.below(9));
  const lines = [...names].map(
    (name, i) => `  ${name}: &${name} [${i ? `*${names[i - 1]}, `.repeat(10) : "x"}]`,
  );
  return `prow_ignored:\n${lines.join("\n")}\n${chance.pick(["presubmits", "presets", "x"])}: *${names.at(-1)}`;
}

const SPEC = "spec: {containers: [{image: a, command: [b], env: [{name: A, value: b}]}]}";

/** Configurations that are right, to be broken. */
export const SEEDS: readonly string[] = [
  `presubmits:
  o/r:
  - name: unit
    decorate: true
    branches: [main, ^release-.*$]
    run_if_changed: '^(docs|src)/'
    trigger: (?m)^/test( | .* )unit,?($|\\s.*)
    rerun_command: /test unit
    labels: {preset-a: "true"}
    annotations: {testgrid-dashboards: a, b}
    extra_refs:
    - {org: o, repo: s, base_ref: main}
    spec:
      containers:
      - image: alpine
        command: [make]
        resources: {requests: {cpu: 100m, memory: 1Gi}}
        volumeMounts: [{name: v, mountPath: /v}]
      volumes: [{name: v, emptyDir: {}}]
`,
  `periodics:\n- name: p\n  cron: "0 3 * * 1-5"\n  tags: [a]\n  ${SPEC}\n- name: q\n  interval: 1h30m\n  ${SPEC}\n`,
  `presets:\n- labels: {preset-a: "true"}\n  env:\n  - {name: X, value: y}\n  volumes: [{name: w, secret: {secretName: s}}]\n`,
  `postsubmits:\n  o/r:\n  - name: push\n    always_run: false\n    skip_if_only_changed: \\.md$\n    ${SPEC}\n`,
  `tide:
  sync_period: 1m
  queries:
  - {orgs: [o], labels: [lgtm, approved], missingLabels: [do-not-merge/hold], excludedRepos: [o/x]}
  merge_method: {o: {r: {main: squash, "release-.*": rebase}}, o/z: merge}
  context_options: {from-branch-protection: true, orgs: {o: {optional-regex-contexts: ["^x"]}}}
branch-protection: {protect-tested-repos: true, orgs: {o: {protect: true, repos: {r: {branches: {main: {unmanaged: true}}}}}}}
`,
  `plank:
  job_url_template: 'https://x/{{if eq .Spec.Type "presubmit"}}pr{{end}}/{{.Spec.Job}}'
  report_templates: {'*': '[log]({{.Status.URL}})'}
  default_decoration_config_entries:
  - config:
      timeout: 2h
      utility_images: {clonerefs: a, initupload: b, entrypoint: c, sidecar: d}
      gcs_configuration: {bucket: gs://b, path_strategy: explicit}
deck: {spyglass: {lenses: [{lens: {name: buildlog}, required_files: ['^build-log.txt$']}]}}
slack_reporter_configs: {'*': {channel: c, job_states_to_report: [failure]}}
`,
  `plugins:\n  o: {plugins: [lgtm, approve], excluded_repos: [x]}\ntriggers: [{repos: [o]}]\nlgtm: [{repos: [o/r], review_acts_as_lgtm: true}]\n`,
];
