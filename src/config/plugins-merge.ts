// Supplemental plugin configuration: each section says itself how more of it is added; the scopes of `plugins` once only.
import type { Path } from "../lib/schema.ts";
import type { Blame } from "./fault.ts";
import { type Homes, isUnset } from "./homes.ts";
import { ownersSchema, type PluginsData, type Section } from "./plugins-config.ts";

export interface PluginSupplement {
  /** Path of the file. */
  file: string;
  data: PluginsData;
}

/** The data with one more file in it; what it may not hold is blamed, by paths in that file. */
export function withPluginSupplement(
  base: PluginsData,
  { file, data }: PluginSupplement,
  sections: readonly Section<unknown>[],
  homes: Homes,
  blame: Blame,
): PluginsData {
  const merged: Record<string, unknown> = { ...base.sections };
  for (const { key, merge, schema } of sections) {
    if (!Object.hasOwn(data.sections, key)) continue;
    if (!merge) {
      if (!isUnset(schema, data.sections[key])) refuse(key, blame);
      continue;
    }
    const judge = {
      error: (message: string, path: Path = [], hint?: string) => blame(message, [key, ...path], hint),
      // What a merge warns of, checking the whole finds again.
      warning: () => undefined,
    };
    merged[key] = merge(base.sections[key], data.sections[key], judge);
    tellHomes(key, base.sections[key], data.sections[key], file, homes);
  }
  if (!isUnset(ownersSchema, data.owners)) refuse("owners", blame);
  const scopes = <T>(
    field: "plugins" | "external_plugins",
    ours: Record<string, T> = {},
    more: Record<string, T> = {},
  ) => {
    const all = { ...ours };
    for (const [scope, value] of Object.entries(more)) {
      const path = [field, scope];
      if (Object.hasOwn(ours, scope)) {
        const name = field.replace("_", "-");
        blame(`found duplicate config for ${name}.${scope}`, path, `also in ${homes.originOf(path).file}`);
        continue;
      }
      all[scope] = value;
      homes.set(path, { file, path });
    }
    return all;
  };
  return {
    ...base,
    plugins: scopes("plugins", base.plugins, data.plugins),
    external_plugins: scopes("external_plugins", base.external_plugins, data.external_plugins),
    sections: merged,
  };
}

const refuse = (key: string, blame: Blame): void =>
  blame(
    `supplemental plugin configuration has config that doesn't support merging: ${key}`,
    [key],
    "move it to the main plugin configuration",
  );

/** Items of a list come after those that there were; keys of maps stay what they are. */
function tellHomes(key: string, base: unknown, more: unknown, file: string, homes: Homes): void {
  if (Array.isArray(more)) {
    const first = Array.isArray(base) ? base.length : 0;
    for (const i of more.keys()) homes.set([key, first + i], { file, path: [key, i] });
    return;
  }
  for (const [field, value] of Object.entries(more as object)) {
    const written = base !== undefined && Object.hasOwn(base as object, field);
    const before = written ? (base as Record<string, unknown>)[field] : undefined;
    if (before === undefined) homes.set([key, field], { file, path: [key, field] });
    else if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      for (const name of Object.keys(value)) {
        if (!Object.hasOwn(before as object, name))
          homes.set([key, field, name], { file, path: [key, field, name] });
      }
    }
  }
}
