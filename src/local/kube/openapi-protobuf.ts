// Encodes the OpenAPI 2 description in gnostic's protobuf: client-go's OpenAPISchema() takes nothing else.
import { isObject, type Json, type JsonObject } from "./json.ts";

/** Both spellings are in use: clients ask with `@`, servers answer with a dot. */
const ASKED = /application\/com\.github\.proto-openapi\.spec\.v2[@.]v1\.0\+protobuf/;
export const OPENAPI_PROTOBUF = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

export const wantsOpenApiProtobuf = (accept: string | undefined): boolean => ASKED.test(accept ?? "");

interface Encoded {
  wire: number;
  content: Buffer;
}
/** undefined for what is left out. */
type Encode = (value: Json) => Encoded | undefined;
/** JSON name to the field's number and how its value is encoded. */
type Message = Readonly<Record<string, readonly [number: number, encode: Encode]>>;

function varint(value: number): Buffer {
  const bytes: number[] = [];
  // Below zero the full 64 bits are written, as protobuf has it.
  let rest = BigInt.asUintN(64, BigInt(Math.trunc(value)));
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(rest)]);
}

const VARINT = 0;
const FIXED64 = 1;
const LENGTH = 2;
const key = (number: number, wire: number): Buffer => varint(number * 8 + wire);

const bytes = (number: number, content: Buffer): Buffer =>
  Buffer.concat([key(number, LENGTH), varint(content.length), content]);

const field = (number: number, { wire, content }: Encoded): Buffer =>
  wire === LENGTH ? bytes(number, content) : Buffer.concat([key(number, wire), content]);

const delimited = (content: Buffer): Encoded => ({ wire: LENGTH, content });

const text: Encode = (value) => (typeof value === "string" ? delimited(Buffer.from(value)) : undefined);
const bool: Encode = (value) =>
  typeof value === "boolean" ? { wire: VARINT, content: varint(Number(value)) } : undefined;
const int: Encode = (value) =>
  typeof value === "number" ? { wire: VARINT, content: varint(value) } : undefined;
const double: Encode = (value) => {
  if (typeof value !== "number") return undefined;
  const content = Buffer.alloc(8);
  content.writeDoubleLE(value);
  return { wire: FIXED64, content };
};
/** As YAML, of which JSON is a part. */
const any: Encode = (value) => delimited(bytes(2, Buffer.from(JSON.stringify(value))));

const message =
  (fields: () => Message, extensions: number): Encode =>
  (value) =>
    isObject(value) ? delimited(encodeMessage(value, fields(), extensions)) : undefined;

/** A message with this one field. */
const wrapped =
  (number: number, inner: Encode): Encode =>
  (value) => {
    const content = inner(value);
    return content && delimited(field(number, content));
  };

/** A message whose field `number` repeats pairs of name and value. */
const named =
  (number: number, inner: Encode): Encode =>
  (value) => {
    if (!isObject(value)) return undefined;
    return delimited(Buffer.concat(Object.entries(value).map((entry) => pair(number, entry, inner))));
  };

function pair(number: number, [name, value]: [string, Json | undefined], inner: Encode): Buffer {
  const content = value === undefined ? undefined : inner(value);
  const parts = [bytes(1, Buffer.from(name)), ...(content ? [field(2, content)] : [])];
  return bytes(number, Buffer.concat(parts));
}

const schema = message(() => SCHEMA, 31);
const additional: Encode = (value) =>
  wrapped(typeof value === "boolean" ? 2 : 1, typeof value === "boolean" ? bool : schema)(value);

const SCHEMA: Message = {
  $ref: [1, text],
  format: [2, text],
  title: [3, text],
  description: [4, text],
  default: [5, any],
  multipleOf: [6, double],
  maximum: [7, double],
  exclusiveMaximum: [8, bool],
  minimum: [9, double],
  exclusiveMinimum: [10, bool],
  maxLength: [11, int],
  minLength: [12, int],
  pattern: [13, text],
  maxItems: [14, int],
  minItems: [15, int],
  uniqueItems: [16, bool],
  maxProperties: [17, int],
  minProperties: [18, int],
  required: [19, text],
  enum: [20, any],
  additionalProperties: [21, additional],
  type: [22, wrapped(1, text)],
  items: [23, wrapped(1, schema)],
  allOf: [24, schema],
  properties: [25, named(1, schema)],
};
const response = message(() => ({ description: [1, text], schema: [2, wrapped(1, schema)] }), 5);
const operation = message(
  () => ({
    description: [3, text],
    operationId: [5, text],
    responses: [9, named(1, wrapped(1, response))],
  }),
  13,
);
const METHODS = { get: 2, put: 3, post: 4, delete: 5, patch: 8 };
const pathItem = message(
  () => Object.fromEntries(Object.entries(METHODS).map(([name, number]) => [name, [number, operation]])),
  10,
);
const DOCUMENT: Message = {
  swagger: [1, text],
  info: [2, message(() => ({ title: [1, text], version: [2, text] }), 7)],
  paths: [8, named(2, pathItem)],
  definitions: [9, named(1, schema)],
};

/** A list is a repeated field; a `default` that is a list is not to be expected here. */
function encodeMessage(value: JsonObject, fields: Message, extensions: number): Buffer {
  const parts = Object.entries(value).flatMap(([name, inner]) => {
    if (inner === undefined) return [];
    if (name.startsWith("x-")) return [pair(extensions, [name, inner], any)];
    const known = fields[name];
    if (!known) return [];
    const [number, encode] = known;
    return (Array.isArray(inner) ? inner : [inner]).flatMap((item) => {
      const content = encode(item);
      return content ? [field(number, content)] : [];
    });
  });
  return Buffer.concat(parts);
}

/** Parameters of operations are left out. */
export const encodeOpenApiV2 = (document: JsonObject): Buffer => encodeMessage(document, DOCUMENT, 16);
