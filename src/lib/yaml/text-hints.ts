// Which numbers and switches of a YAML file Go's loader turns into text: those that stand where it knows that text is
// wanted. It loses track in fields that a type takes in from another one, and so do we.
import { isRecord, type Schema } from "../schema.ts";

/** The data with text in those places; unchanged parts are the same objects. */
export function withTexts(value: unknown, schema: Schema<unknown> | undefined): unknown {
  if (!schema) return value;
  if (Array.isArray(value)) return mapItems(value, schema.kind === "array" ? schema.element : undefined);
  if (isRecord(value)) return mapFields(value, schema);
  const scalar = typeof value === "number" || typeof value === "boolean";
  return scalar && schema.kind === "string" ? String(value) : value;
}

function mapItems(items: unknown[], element: Schema<unknown> | undefined): unknown[] {
  if (!element) return items;
  let changed: unknown[] | undefined;
  for (let i = 0; i < items.length; i++) {
    const mapped = withTexts(items[i], element);
    if (mapped === items[i]) continue;
    changed ??= [...items];
    changed[i] = mapped;
  }
  return changed ?? items;
}

function mapFields(value: Record<string, unknown>, schema: Schema<unknown>): Record<string, unknown> {
  let changed: Record<string, unknown> | undefined;
  for (const key of Object.keys(value)) {
    const entry = value[key];
    const mapped = withTexts(entry, schemaOf(key, schema));
    if (mapped === entry) continue;
    changed ??= { ...value };
    changed[key] = mapped;
  }
  return changed ?? value;
}

/** Of a field that is taken in, Go's loader knows only the type that it is taken in from. */
function schemaOf(key: string, schema: Schema<unknown>): Schema<unknown> | undefined {
  if (schema.kind === "map") return schema.element;
  if (schema.kind !== "object") return undefined;
  const name = nameIn(schema.fields ?? {}, key);
  if (name === undefined) return undefined;
  const from = schema.inlined?.find(({ fields }) => Object.hasOwn(fields, name));
  return from ? (from as Schema<unknown>) : schema.fields![name];
}

function nameIn(fields: Readonly<Record<string, unknown>>, key: string): string | undefined {
  if (Object.hasOwn(fields, key)) return key;
  const lower = key.toLowerCase();
  return Object.keys(fields).find((name) => name.toLowerCase() === lower);
}
