// plugins.yaml: which plugins run where, and each plugin's own section, which the plugin itself declares.
import { type Infer, list, map, object, type Path, type Schema, string } from "../lib/schema.ts";
import { type RepoRef, repoName } from "../model/github.ts";
import { APPROVED, LGTM } from "../model/labels.ts";

/** Takes what is wrong with a section; `path` is below the section's own. */
export interface Judge {
  error(message: string, path?: Path, hint?: string): void;
  warning(message: string, path?: Path, hint?: string): void;
}

/** What a section means beyond its shape. */
interface Rules<T> {
  /** What is wrong with it although every field is of its type. It is as written, without the defaults. */
  check?(value: T, judge: Judge): void;
  /** The section of a supplemental file added to what there is; a section without this may stand in the main file only. */
  merge?(base: T | undefined, more: T, judge: Judge): T;
}

/**
 * A plugin's part of plugins.yaml: its top-level key and what may stand there.
 * C is what the plugin gets: T with the defaults, or undefined where there is nothing to be had without the section.
 */
export interface Section<T, C = T | undefined> extends Rules<T> {
  readonly key: string;
  readonly schema: Schema<T>;
  /** The section with Prow's defaults, also when the file does not have it. */
  complete?(value: T | undefined): C;
}

export function section<T, C>(
  key: string,
  schema: Schema<T>,
  rules: Rules<T> & { complete(value: T | undefined): C },
): Section<T, C>;
export function section<T>(key: string, schema: Schema<T>, rules?: Rules<T>): Section<T>;
export function section<T>(key: string, schema: Schema<T>, rules: Rules<T> = {}): Section<T> {
  return { key, schema, ...rules };
}

/** How the lists of sections merge: one after the other. */
export const concatenate = <T>(base: T[] | undefined, more: T[]): T[] => [...(base ?? []), ...more];

/** Prow's own, used by every plugin that reads OWNERS files. */
export const ownersSchema = object({
  mdyamlrepos: list(string("org or org/repo whose Markdown files may carry owners.")),
  skip_collaborators: list(string("org or org/repo where owners need not be collaborators.")),
  labels_denylist: list(
    string("A label that no OWNERS file may set; verify-owners checks it."),
    "Default: approved, lgtm.",
  ),
  filenames: map(
    object({ owners: string("Instead of OWNERS."), owners_aliases: string("Instead of OWNERS_ALIASES.") }),
    "By org or org/repo.",
  ),
});

const externalPluginSchema = object({
  name: string(),
  endpoint: string("Where events are sent; default http://NAME."),
  events: list(string("A webhook event."), "Which events are sent; none: all."),
  probot: string(
    "Instead of an endpoint: a Probot app to run here, by its path from this file's directory or as an npm package.",
  ),
  env: list(string("Name of a variable of hook's environment that the Probot app may have.")),
});

const enabledSchema = object({
  excluded_repos: list(string("A repository of the org, without the org, that these are not for.")),
  plugins: list(string("Name of a plugin.")),
});

export const pluginsFields = {
  plugins: map(enabledSchema, "org or org/repo to its plugins."),
  external_plugins: map(list(externalPluginSchema), "org or org/repo to its external plugins."),
  owners: ownersSchema,
};

const ownFields = object(pluginsFields);
/** The file without the plugins' own sections. */
export type OwnFields = Infer<typeof ownFields>;
type Enabled = NonNullable<OwnFields["plugins"]>;
export type ExternalPlugin = Infer<typeof externalPluginSchema>;
export type OwnersOptions = Infer<typeof ownersSchema>;

export interface PluginsConfig {
  /** Names of the plugins for a repository: the org's (unless it is excluded there) and its own. */
  enabled(repo: RepoRef): string[];
  external(repo: RepoRef): ExternalPlugin[];
  /** What it says, with the defaults. */
  get<T, C>(section: Section<T, C>): C;
  readonly owners: OwnersOptions;
  /** Keys of `plugins`: orgs and repositories, in the order of the file. */
  repos(): string[];
  /** What `plugins` and `external_plugins` say, scope by scope, before an org's is inherited by its repositories. */
  scopes(): { plugins: Enabled; external: Record<string, ExternalPlugin[]> };
}

export interface PluginsData extends OwnFields {
  /** Decoded sections by key, as written. */
  sections: Record<string, unknown>;
}

export function pluginsConfig(data: PluginsData): PluginsConfig {
  const enabled = data.plugins ?? {};
  const external = withEndpoints(data.external_plugins ?? {});
  const completed = new Map<Section<unknown, unknown>, unknown>();
  return {
    enabled(repo) {
      const ofOrg = enabled[repo.org];
      const names = [
        ...(ofOrg?.excluded_repos?.includes(repo.repo) ? [] : (ofOrg?.plugins ?? [])),
        ...(enabled[repoName(repo)]?.plugins ?? []),
      ];
      return [...new Set(names)];
    },
    external: (repo) => [...(external[repo.org] ?? []), ...(external[repoName(repo)] ?? [])],
    get<T, C>(wanted: Section<T, C>): C {
      if (!completed.has(wanted)) {
        const written = data.sections[wanted.key] as T | undefined;
        completed.set(wanted, wanted.complete ? wanted.complete(written) : written);
      }
      return completed.get(wanted) as C;
    },
    owners: { labels_denylist: [APPROVED, LGTM], ...data.owners },
    repos: () => Object.keys(enabled),
    scopes: () => ({ plugins: enabled, external }),
  };
}

/** Where Prow expects it when plugins.yaml does not say. */
export const usualEndpoint = ({ name = "" }: Pick<ExternalPlugin, "name">): string => `http://${name}`;

const withEndpoints = (external: Record<string, ExternalPlugin[]>): Record<string, ExternalPlugin[]> =>
  Object.fromEntries(
    Object.entries(external).map(([scope, plugins]) => [
      scope,
      plugins.map((plugin) =>
        plugin.probot ? plugin : { ...plugin, endpoint: plugin.endpoint || usualEndpoint(plugin) },
      ),
    ]),
  );
