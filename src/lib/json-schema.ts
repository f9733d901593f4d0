// Our schemas as JSON Schema (draft 2020-12), which editors understand.
import type { Schema } from "./schema.ts";

export type JSONSchema = Record<string, unknown>;

const DURATION = "^[-+]?(?:0|(?:\\d+(?:\\.\\d*)?|\\.\\d+)(?:ns|us|µs|μs|ms|s|m|h))+$";

type Fields = NonNullable<Schema<unknown>["fields"]>;

/** Shapes that are used twice, or hold themselves, stand once, in `$defs`. */
export function jsonSchema(schema: Schema<unknown>, title: string): JSONSchema {
  const names = sharedShapes(schema);
  const defs: Record<string, JSONSchema> = {};
  for (const [fields, name] of names) defs[name] = object(fields, names);
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title,
    ...converted(schema, names),
    ...(names.size && {
      $defs: Object.fromEntries(Object.entries(defs).sort(([a], [b]) => (a < b ? -1 : 1))),
    }),
  };
}

type Names = ReadonlyMap<Fields, string>;

function converted(schema: Schema<unknown>, names: Names): JSONSchema {
  const description = schema.doc ? { description: schema.doc } : {};
  return { ...description, ...shape(schema, names) };
}

function shape({ kind, fields, element, values }: Schema<unknown>, names: Names): JSONSchema {
  if (fields) {
    const name = names.get(fields);
    return name ? { $ref: `#/$defs/${name}` } : object(fields, names);
  }
  switch (kind) {
    case "string":
      return { type: "string", ...(values && { enum: values }) };
    case "boolean":
    case "integer":
    case "number":
      return { type: kind };
    case "array":
      return { type: "array", items: converted(element!, names) };
    case "map":
      return { type: "object", additionalProperties: converted(element!, names) };
    case "duration":
      return { type: ["string", "integer"], pattern: DURATION };
    case "quantity":
      return { type: ["string", "number"] };
    default:
      // Decoded by rules that JSON Schema cannot tell.
      return {};
  }
}

function object(fields: Fields, names: Names): JSONSchema {
  const entries = Object.entries(fields);
  const required = entries.filter(([, field]) => field.mandatory && !field.filled).map(([key]) => key);
  return {
    type: "object",
    properties: Object.fromEntries(entries.map(([key, field]) => [key, converted(field, names)])),
    ...(required.length && { required }),
    additionalProperties: false,
  };
}

/** Named after the field under which each was met first. Copies of a schema share its fields, which tell it. */
function sharedShapes(root: Schema<unknown>): Map<Fields, string> {
  const seen = new Set<Fields>();
  const names = new Map<Fields, string>();
  const taken = new Set<string>();
  const nameFor = (key: string): string => {
    const base = key.replace(/[^A-Za-z0-9]+/g, "-") || "shape";
    let name = base;
    for (let i = 2; taken.has(name); i++) name = `${base}-${i}`;
    taken.add(name);
    return name;
  };
  const visit = ({ fields, element }: Schema<unknown>, key: string): void => {
    if (element) visit(element, key);
    if (!fields) return;
    if (seen.has(fields)) {
      if (!names.has(fields)) names.set(fields, nameFor(key));
      return;
    }
    seen.add(fields);
    for (const [name, field] of Object.entries(fields)) visit(field, name);
  };
  visit(root, "");
  return names;
}
