// plugins.yaml: which plugins run where, and each plugin's own section, which the plugin itself declares.
import { type Infer, list, map, object, type Schema, string } from "../lib/schema.ts";
import { type RepoRef, repoName } from "../model/github.ts";

/** A plugin's part of plugins.yaml: its top-level key and what may stand there. */
export interface Section<T> {
  readonly key: string;
  readonly schema: Schema<T>;
}

export const section = <T>(key: string, schema: Schema<T>): Section<T> => ({ key, schema });

/** Prow's own, used by every plugin that reads OWNERS files. */
const ownersSchema = object({
  mdyamlrepos: list(string("org or org/repo whose Markdown files may carry owners.")),
  skip_collaborators: list(string("org or org/repo where owners need not be collaborators.")),
  labels_denylist: list(string()),
  filenames: map(object({ owners: string(), owners_aliases: string() })),
});

const externalPluginSchema = object({ name: string(), endpoint: string(), events: list(string()) });

const enabledSchema = object({ excluded_repos: list(string()), plugins: list(string()) });

export const pluginsFields = {
  plugins: map(enabledSchema, "org or org/repo to its plugins."),
  external_plugins: map(list(externalPluginSchema)),
  owners: ownersSchema,
};

const ownFields = object(pluginsFields);
/** The file without the plugins' own sections. */
export type OwnFields = Infer<typeof ownFields>;
type ExternalPlugin = Infer<typeof externalPluginSchema>;
export type OwnersOptions = Infer<typeof ownersSchema>;

export interface PluginsConfig {
  /** Names of the plugins for a repository: the org's (unless it is excluded there) and its own. */
  enabled(repo: RepoRef): string[];
  external(repo: RepoRef): ExternalPlugin[];
  get<T>(section: Section<T>): T | undefined;
  readonly owners: OwnersOptions;
  /** Keys of `plugins`: orgs and repositories, in the order of the file. */
  repos(): string[];
}

export interface PluginsData extends OwnFields {
  /** Decoded sections by key. */
  sections: Record<string, unknown>;
}

export function pluginsConfig(data: PluginsData): PluginsConfig {
  const enabled = data.plugins ?? {};
  const external = data.external_plugins ?? {};
  return {
    enabled(repo) {
      const ofOrg = enabled[repo.org];
      const excluded =
        ofOrg?.excluded_repos?.includes(repo.repo) || ofOrg?.excluded_repos?.includes(repoName(repo));
      const names = [
        ...(excluded ? [] : (ofOrg?.plugins ?? [])),
        ...(enabled[repoName(repo)]?.plugins ?? []),
      ];
      return [...new Set(names)];
    },
    external: (repo) => [...(external[repo.org] ?? []), ...(external[repoName(repo)] ?? [])],
    get: <T>(wanted: Section<T>) => data.sections[wanted.key] as T | undefined,
    owners: data.owners ?? {},
    repos: () => Object.keys(enabled),
  };
}
