// Checks a custom resource against its schema, in the words of Kubernetes (which are go-openapi's).
import { regex } from "../../lib/re2.ts";
import { equal, isObject, type Json } from "./json.ts";
import { type Cause, invalidValue, notSupported, requiredValue, typeInvalid } from "./status.ts";
import type { Schema } from "./type-node.ts";

/** Every fault, by path; `path` is that of `value`. */
export function validate(value: Json, schema: Schema, path: string): Cause[] {
  const causes: Cause[] = [];
  check(value, schema, path, causes);
  return causes;
}

function check(value: Json, schema: Schema, path: string, causes: Cause[]): void {
  if (value === null && schema.nullable) return;
  const found = jsonType(value);
  if (!typeFits(value, schema)) {
    const wanted = schema["x-kubernetes-int-or-string"] ? "integer,string" : schema.type;
    causes.push(typeInvalid(path, found, `${path} in body must be of type ${wanted}: "${found}"`));
    return;
  }
  if (schema.enum && !schema.enum.some((item) => equal(item as Json, value))) {
    causes.push(notSupported(path, value, schema.enum as Json[]));
  }
  if (typeof value === "string") checkString(value, schema, path, causes);
  else if (typeof value === "number") checkNumber(value, schema, path, causes);
  else if (Array.isArray(value)) checkList(value, schema, path, causes);
  else if (isObject(value)) checkObject(value, schema, path, causes);
  checkCombined(value, schema, path, causes);
}

function jsonType(value: Json): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value;
}

function typeFits(value: Json, schema: Schema): boolean {
  const type = jsonType(value);
  if (schema["x-kubernetes-int-or-string"]) return type === "integer" || type === "string";
  if (!schema.type) return true;
  return schema.type === type || (schema.type === "number" && type === "integer");
}

function checkString(value: string, schema: Schema, path: string, causes: Cause[]): void {
  const length = [...value].length;
  const say = (why: string) => causes.push(invalidValue(path, value, `${path} in body should ${why}`));
  if (schema.minLength !== undefined && length < schema.minLength) {
    say(`be at least ${schema.minLength} chars long`);
  }
  if (schema.maxLength !== undefined && length > schema.maxLength) {
    causes.push({
      reason: "FieldValueTooLong",
      message: `Too long: may not be more than ${schema.maxLength} bytes`,
      field: path,
    });
  }
  if (schema.pattern !== undefined && !regex(schema.pattern).test(value)) {
    say(`match '${schema.pattern}'`);
  }
  const format = schema.format;
  if (format && FORMATS[format] && !FORMATS[format].test(value)) {
    causes.push(
      invalidValue(path, value, `${path} in body must be of type ${format}: ${JSON.stringify(value)}`),
    );
  }
}

const FORMATS: Record<string, RegExp> = {
  "date-time": /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/,
  date: /^\d{4}-\d{2}-\d{2}$/,
  uuid: /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i,
  byte: /^[A-Za-z0-9+/]*={0,2}$/,
  ipv4: /^(\d{1,3}\.){3}\d{1,3}$/,
};

function checkNumber(value: number, schema: Schema, path: string, causes: Cause[]): void {
  const say = (why: string) => causes.push(invalidValue(path, value, `${path} in body should be ${why}`));
  const { minimum, maximum, multipleOf } = schema;
  if (minimum !== undefined && (schema.exclusiveMinimum ? value <= minimum : value < minimum)) {
    say(`greater than ${schema.exclusiveMinimum ? "" : "or equal to "}${minimum}`);
  }
  if (maximum !== undefined && (schema.exclusiveMaximum ? value >= maximum : value > maximum)) {
    say(`less than ${schema.exclusiveMaximum ? "" : "or equal to "}${maximum}`);
  }
  if (multipleOf !== undefined && value % multipleOf !== 0) say(`a multiple of ${multipleOf}`);
}

function checkList(value: Json[], schema: Schema, path: string, causes: Cause[]): void {
  const say = (why: string) => causes.push(invalidValue(path, value, `${path} in body ${why}`));
  if (schema.minItems !== undefined && value.length < schema.minItems) {
    say(`should have at least ${schema.minItems} items`);
  }
  if (schema.maxItems !== undefined && value.length > schema.maxItems) {
    causes.push({
      reason: "FieldValueTooMany",
      message: `Too many: ${value.length}: must have at most ${schema.maxItems} items`,
      field: path,
    });
  }
  const items = schema.items;
  if (items) for (const [index, item] of value.entries()) check(item, items, `${path}[${index}]`, causes);
  checkUnique(value, schema, path, causes);
}

/** Items of a list of type set or map must differ in themselves or in their keys. */
function checkUnique(value: Json[], schema: Schema, path: string, causes: Cause[]): void {
  const type = schema["x-kubernetes-list-type"];
  if (type !== "set" && type !== "map") return;
  const keys = schema["x-kubernetes-list-map-keys"] ?? [];
  const seen = new Set<string>();
  for (const [index, item] of value.entries()) {
    const identity: Json =
      type === "map" && isObject(item)
        ? Object.fromEntries(keys.filter((key) => item[key] !== undefined).map((key) => [key, item[key]]))
        : item;
    const text = JSON.stringify(identity);
    if (seen.has(text)) {
      const message = `Duplicate value: ${type === "map" ? text.replace(/[{,]/g, "$&").replaceAll(",", ", ") : text}`;
      causes.push({ reason: "FieldValueDuplicate", message, field: `${path}[${index}]` });
    }
    seen.add(text);
  }
}

function checkObject(value: Json, schema: Schema, path: string, causes: Cause[]): void {
  if (!isObject(value)) return;
  for (const key of schema.required ?? []) {
    if (value[key] === undefined) causes.push(requiredValue(join(path, key)));
  }
  const count = Object.keys(value).length;
  if (schema.minProperties !== undefined && count < schema.minProperties) {
    causes.push(
      invalidValue(path, value, `${path} in body should have at least ${schema.minProperties} properties`),
    );
  }
  if (schema.maxProperties !== undefined && count > schema.maxProperties) {
    const message = `Too many: ${count}: must have at most ${schema.maxProperties} items`;
    causes.push({ reason: "FieldValueTooMany", message, field: path });
  }
  const extra = typeof schema.additionalProperties === "object" ? schema.additionalProperties : undefined;
  for (const [key, field] of Object.entries(value)) {
    const known = schema.properties && Object.hasOwn(schema.properties, key) ? schema.properties[key] : extra;
    if (known && field !== undefined) check(field, known, join(path, key), causes);
  }
}

const join = (path: string, key: string): string => (path ? `${path}.${key}` : key);

function checkCombined(value: Json, schema: Schema, path: string, causes: Cause[]): void {
  for (const part of schema.allOf ?? []) check(value, part, path, causes);
  const fits = (part: Schema) => validate(value, part, path).length === 0;
  if (schema.anyOf && !schema.anyOf.some(fits)) {
    causes.push(combined(`"${path}" must validate at least one schema (anyOf)`));
    // What the first alternative lacks is the hint, as far as can be told.
    causes.push(...validate(value, schema.anyOf[0] ?? {}, path));
  }
  if (schema.oneOf && schema.oneOf.filter(fits).length !== 1) {
    causes.push(combined(`"${path}" must validate one and only one schema (oneOf)`));
  }
  if (schema.not && fits(schema.not)) {
    causes.push(combined(`"${path}" must not validate the schema (not)`));
  }
}

/** Kubernetes names no field for these. */
const combined = (why: string): Cause => invalidValue("<nil>", "", why);
