// What every object's metadata must satisfy, and what of it may never change.
import { type ApiObject, at, isObject, objectsAt, stringMapAt, stringsAt } from "./json.ts";
import { type Cause, forbiddenValue, invalidValue, requiredValue } from "./status.ts";

const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const QUALIFIED = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const LABEL_VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;
const ANNOTATIONS_LIMIT = 256 * 1024;

const SUBDOMAIN_WORDS =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const LABEL_WORDS =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const QUALIFIED_WORDS =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const VALUE_WORDS =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

export function checkSubdomain(field: string, value: string): Cause[] {
  if (value.length > 253) return [invalidValue(field, value, "must be no more than 253 bytes")];
  return SUBDOMAIN.test(value) ? [] : [invalidValue(field, value, SUBDOMAIN_WORDS)];
}

export function checkDnsLabel(field: string, value: string): Cause[] {
  if (value.length > 63) return [invalidValue(field, value, "must be no more than 63 bytes")];
  return LABEL.test(value) ? [] : [invalidValue(field, value, LABEL_WORDS)];
}

export const checkPathSegment = (field: string, value: string): Cause[] =>
  [".", ".."].includes(value) || /[/%]/.test(value)
    ? [invalidValue(field, value, "may not contain '/' or '%'")]
    : [];

function checkQualified(field: string, key: string): Cause[] {
  const [name = "", prefix] = key.includes("/")
    ? [key.slice(key.indexOf("/") + 1), key.split("/")[0]]
    : [key];
  if (prefix !== undefined && !SUBDOMAIN.test(prefix)) {
    return [invalidValue(field, key, `prefix part ${SUBDOMAIN_WORDS}`)];
  }
  if (name.length > 63) return [invalidValue(field, key, "name part must be no more than 63 bytes")];
  return QUALIFIED.test(name) ? [] : [invalidValue(field, key, QUALIFIED_WORDS)];
}

type NameCheck = (field: string, value: string) => Cause[];

/** Checks a new object's or an update's metadata. */
export function checkMetadata(object: ApiObject, checkName: NameCheck): Cause[] {
  const { metadata } = object;
  const causes: Cause[] = [];
  if (!metadata.name) causes.push(requiredValue("metadata.name", "name or generateName is required"));
  else causes.push(...checkName("metadata.name", metadata.name));
  for (const [key, value] of Object.entries(stringMapAt(metadata, "labels"))) {
    causes.push(...checkQualified("metadata.labels", key));
    if (String(value).length > 63) {
      causes.push(invalidValue("metadata.labels", value, "must be no more than 63 bytes"));
    } else if (!LABEL_VALUE.test(value)) causes.push(invalidValue("metadata.labels", value, VALUE_WORDS));
  }
  const annotations = stringMapAt(metadata, "annotations");
  for (const key of Object.keys(annotations)) {
    causes.push(...checkQualified("metadata.annotations", key.toLowerCase()));
  }
  const size = Object.entries(annotations).reduce((sum, [key, value]) => sum + key.length + value.length, 0);
  if (size > ANNOTATIONS_LIMIT) {
    const message = `Too long: may not be more than ${ANNOTATIONS_LIMIT} bytes`;
    causes.push({ reason: "FieldValueTooLong", message, field: "metadata.annotations" });
  }
  return [...causes, ...checkOwners(object), ...checkFinalizers(object)];
}

function checkOwners({ metadata }: ApiObject): Cause[] {
  return objectsAt(metadata, "ownerReferences").flatMap((owner, index) =>
    ["apiVersion", "kind", "name", "uid"]
      .filter((field) => !owner[field])
      .map((field) =>
        invalidValue(
          `metadata.ownerReferences[${index}].${field}`,
          "",
          `${field === "apiVersion" ? "version" : field} must not be empty`,
        ),
      ),
  );
}

const checkFinalizers = ({ metadata }: ApiObject): Cause[] =>
  stringsAt(metadata, "finalizers").flatMap((finalizer) => checkQualified("metadata.finalizers", finalizer));

const IMMUTABLE = ["name", "namespace", "uid", "creationTimestamp", "deletionTimestamp"] as const;

/** What an update may not touch; the caller has already carried over what clients leave out. */
export function checkMetadataUpdate(object: ApiObject, old: ApiObject): Cause[] {
  const causes: Cause[] = [];
  for (const field of IMMUTABLE) {
    if (object.metadata[field] !== old.metadata[field]) {
      causes.push(invalidValue(`metadata.${field}`, object.metadata[field], "field is immutable"));
    }
  }
  if (old.metadata.deletionTimestamp) {
    const before = stringsAt(old.metadata, "finalizers");
    const extra = stringsAt(object.metadata, "finalizers").filter((item) => !before.includes(item));
    if (extra.length > 0) {
      causes.push(
        forbiddenValue(
          "metadata.finalizers",
          `no new finalizers can be added if the object is being deleted, found new finalizers []string{${extra.map((item) => JSON.stringify(item)).join(", ")}}`,
        ),
      );
    }
  }
  return causes;
}

/** Go leaves empty maps and lists of metadata out of what it writes. */
export function dropEmptyMetadata({ metadata }: ApiObject): void {
  for (const field of ["labels", "annotations", "finalizers", "ownerReferences", "managedFields"]) {
    const value = at(metadata, field);
    if (value === null) delete metadata[field];
    if (Array.isArray(value) && value.length === 0 && field !== "managedFields") delete metadata[field];
    if (isObject(value) && Object.keys(value).length === 0) delete metadata[field];
  }
  for (const field of ["creationTimestamp", "generateName", "namespace"]) {
    if (metadata[field] === null || metadata[field] === "") delete metadata[field];
  }
}
