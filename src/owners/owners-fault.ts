// Why Prow can not read an OWNERS file, in its words; it tells them to whoever changes the file.
import { compareText } from "../lib/compare-text.ts";
import { isRecord } from "../lib/schema.ts";
import { yamlFault } from "../lib/yaml/fault.ts";
import { loadYAML, YAMLError } from "../lib/yaml/load.ts";

/** Of a file that parseOwners makes nothing of. Its line, if it tells one, is after `line `. */
export function ownersFault(text: string): string {
  const fault = yamlFault(text);
  if (fault !== undefined) return `error converting YAML to JSON: yaml: ${fault}`;
  try {
    return decoding(misfit(loadYAML(text)));
  } catch (error) {
    if (!(error instanceof YAMLError)) throw error;
    // What stands first is no map then, and Go's loader reads no further.
    if (error.message === "end of the stream or a document separator is expected")
      return decoding(misfit(""));
    return `error converting YAML to JSON: yaml: line ${error.line}: ${error.message}`;
  }
}

const decoding = (wrong = "it is no OWNERS file"): string =>
  `error unmarshaling JSON: while decoding JSON: json: ${wrong}`;

/** What is not of its type, keys in the order of their names; undefined when all is. */
function misfit(data: unknown): string | undefined {
  if (data === null) return undefined;
  if (!isRecord(data)) return `cannot unmarshal ${typeOf(data)} into Go value of type repoowners.FullConfig`;
  return filtersMisfit(data["filters"] ?? {}) ?? optionsMisfit(data["options"] ?? {});
}

const inField = (value: unknown, field: string, type: string): string =>
  `cannot unmarshal ${typeOf(value)} into Go struct field ${field} of type ${type}`;

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return "array";
  return typeof value === "boolean" ? "bool" : typeof value;
}

function filtersMisfit(filters: unknown): string | undefined {
  if (!isRecord(filters)) return inField(filters, "FullConfig.filters", "map[string]repoowners.Config");
  for (const [, filter] of byName(filters)) {
    if (filter === null) continue;
    if (!isRecord(filter)) return inField(filter, "FullConfig.filters", "repoowners.Config");
    for (const role of ["approvers", "labels", "required_reviewers", "reviewers"]) {
      const wrong = namesMisfit(filter[role] ?? [], `Config.filters.${role}`);
      if (wrong) return wrong;
    }
  }
  return undefined;
}

function namesMisfit(names: unknown, field: string): string | undefined {
  if (!Array.isArray(names)) return inField(names, field, "[]string");
  const wrong = names.find((name) => typeof name === "object" && name !== null);
  return wrong === undefined ? undefined : inField(wrong, field, "string");
}

function optionsMisfit(options: unknown): string | undefined {
  if (!isRecord(options)) return inField(options, "FullConfig.options", "repoowners.dirOptions");
  for (const flag of ["auto_approve_unowned_subfolders", "no_parent_owners"]) {
    const value = options[flag] ?? false;
    if (typeof value !== "boolean") return inField(value, `dirOptions.options.${flag}`, "bool");
  }
  return undefined;
}

const byName = (map: Record<string, unknown>): [string, unknown][] =>
  Object.entries(map).sort(([a], [b]) => compareText(a, b));
