// Writes the JSON Schemas of the configuration files for editors; with --check it only says whether they are stale.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { configSchema, jobConfigSchema } from "../src/config/config.ts";
import { inRepoSchema } from "../src/config/in-repo-config.ts";
import { pluginsSchema } from "../src/config/plugins-file.ts";
import { jsonSchema } from "../src/lib/json-schema.ts";
import { pluginSections } from "../src/plugins/index.ts";

const directory = join(import.meta.dirname, "..", "config", "schema");

/** Text by file name. */
export function schemaFiles(): Record<string, string> {
  const schemas = {
    "config.json": jsonSchema(configSchema, "Prow's config.yaml"),
    "jobs.json": jsonSchema(jobConfigSchema, "A job file of Prow"),
    "plugins.json": jsonSchema(pluginsSchema(pluginSections), "Prow's plugins.yaml"),
    "prow-yaml.json": jsonSchema(inRepoSchema, "A repository's own jobs, in .prow.yaml or .prow/"),
  };
  return Object.fromEntries(
    Object.entries(schemas).map(([file, schema]) => [file, `${JSON.stringify(schema, undefined, 1)}\n`]),
  );
}

/** Names of the files that are not as they would be written. */
export const staleSchemas = (): string[] =>
  Object.entries(schemaFiles())
    .filter(([file, text]) => read(file) !== text)
    .map(([file]) => file);

function read(file: string): string | undefined {
  try {
    return readFileSync(join(directory, file), "utf8");
  } catch {
    return undefined;
  }
}

if (import.meta.main) {
  const stale = staleSchemas();
  if (process.argv.includes("--check")) {
    if (stale.length) {
      console.error(`config/schema is stale (${stale.join(", ")}): run npm run schema`);
      process.exitCode = 1;
    }
  } else {
    mkdirSync(directory, { recursive: true });
    for (const [file, text] of Object.entries(schemaFiles())) writeFileSync(join(directory, file), text);
  }
}
