// Decodes Kubernetes' protobuf bodies: Go clients send built-in kinds so, and never fall back to JSON.
import { type Json, type JsonObject, parseJson } from "./json.ts";
import tables from "./protobuf-fields.json" with { type: "json" };
import { badRequest } from "./status.ts";

export const PROTOBUF = "application/vnd.kubernetes.protobuf";

/** [JSON name, type, flags]: `o` left out when zero, `r` repeated, `m` map, `i` inlined. */
type Field = readonly [name: string, type: string, flags: string];
const MESSAGES = tables as unknown as Readonly<Record<string, Readonly<Record<string, Field>>>>;

const NONE: Buffer = Buffer.alloc(0);
const MAGIC = "k8s\0";

const PACKAGES: Readonly<Record<string, string>> = {
  v1: "core",
  "coordination.k8s.io/v1": "coordination",
  "events.k8s.io/v1": "events",
  "authorization.k8s.io/v1": "authorization",
  "authentication.k8s.io/v1": "authentication",
};

/** The object in the envelope `k8s\0` + runtime.Unknown. Throws ApiError 400. */
export function decodeProtobuf(body: Buffer): JsonObject {
  if (body.toString("latin1", 0, MAGIC.length) !== MAGIC) {
    throw badRequest(
      "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]",
    );
  }
  try {
    return decodeEnvelope(body.subarray(MAGIC.length));
  } catch (error) {
    if (error instanceof RangeError) throw badRequest(`the protobuf message is cut short: ${error.message}`);
    throw error;
  }
}

function decodeEnvelope(body: Buffer): JsonObject {
  let apiVersion = "";
  let kind = "";
  let raw: Buffer = NONE;
  for (const { number, bytes } of wireFields(body)) {
    if (number === 2) raw = bytes;
    if (number !== 1) continue;
    for (const part of wireFields(bytes)) {
      if (part.number === 1) apiVersion = part.bytes.toString();
      if (part.number === 2) kind = part.bytes.toString();
    }
  }
  const message = kind === "DeleteOptions" ? "meta.DeleteOptions" : `${PACKAGES[apiVersion] ?? ""}.${kind}`;
  if (!MESSAGES[message]) {
    throw badRequest(
      `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in protobuf`,
    );
  }
  return { kind, apiVersion, ...decodeMessage(raw, message) };
}

interface WireField {
  number: number;
  /** Of a varint. */
  value: bigint;
  /** Of what has a length. */
  bytes: Buffer;
}

/** Throws RangeError when the bytes end early. */
function* wireFields(body: Buffer): Iterable<WireField> {
  let offset = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = body.readUInt8(offset);
      offset += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
      if (shift > 63n) throw new RangeError("a number is too long");
    }
  };
  const take = (length: number): Buffer => {
    if (offset + length > body.length) throw new RangeError(`${length} bytes wanted`);
    offset += length;
    return body.subarray(offset - length, offset);
  };
  while (offset < body.length) {
    const key = Number(varint());
    const number = key >>> 3;
    const wire = key & 7;
    if (wire === 0) yield { number, value: varint(), bytes: NONE };
    else if (wire === 2) yield { number, value: 0n, bytes: take(Number(varint())) };
    else yield { number, value: 0n, bytes: take(wire === 1 ? 8 : 4) };
  }
}

function decodeMessage(body: Buffer, message: string): JsonObject {
  const fields = MESSAGES[message] ?? {};
  const object: JsonObject = {};
  for (const wire of wireFields(body)) {
    const field = fields[wire.number];
    if (!field) continue;
    const [name, type, flags] = field;
    if (flags.includes("i")) Object.assign(object, decodeMessage(wire.bytes, type));
    else if (flags.includes("m")) addEntry(object, name, wire.bytes, type);
    else if (flags.includes("r")) {
      const list = object[name];
      const value = decodeValue(wire, type);
      object[name] = Array.isArray(list) ? [...list, value] : [value];
    } else {
      const value = decodeValue(wire, type);
      if (!flags.includes("o") || !isZero(value)) object[name] = value;
    }
  }
  return object;
}

const isZero = (value: Json): boolean => value === "" || value === 0 || value === false || value === null;

function addEntry(object: JsonObject, name: string, bytes: Buffer, type: string): void {
  let key = "";
  let value: Json = type === "string" || type === "bytes" ? "" : null;
  for (const part of wireFields(bytes)) {
    if (part.number === 1) key = part.bytes.toString();
    if (part.number === 2) value = decodeValue(part, type);
  }
  if (key === "__proto__") return;
  const known = object[name];
  object[name] = {
    ...(typeof known === "object" && known !== null ? (known as JsonObject) : {}),
    [key]: value,
  };
}

function decodeValue(wire: WireField, type: string): Json {
  switch (type) {
    case "string":
      return wire.bytes.toString();
    case "bytes":
      return wire.bytes.toString("base64");
    case "bool":
      return wire.value !== 0n;
    case "int":
      return Number(BigInt.asIntN(64, wire.value));
    case "time":
    case "microtime":
      return decodeTime(wire.bytes, type === "microtime");
    case "quantity":
      return first(wire.bytes).toString();
    case "intOrString":
      return decodeIntOrString(wire.bytes);
    case "strings":
      return [...wireFields(wire.bytes)].map(({ bytes }) => bytes.toString());
    case "json":
      return decodeJson(first(wire.bytes));
    default:
      return decodeMessage(wire.bytes, type);
  }
}

/** The bytes of a message's field 1. */
function first(body: Buffer): Buffer {
  for (const { number, bytes } of wireFields(body)) if (number === 1) return bytes;
  return NONE;
}

const decodeJson = (bytes: Buffer): Json => (bytes.length > 0 ? parseJson(bytes.toString()) : null);

/** Go's zero time has no fields, or is in the year 1. */
function decodeTime(body: Buffer, micro: boolean): Json {
  let seconds = 0n;
  let nanos = 0n;
  for (const { number, value } of wireFields(body)) {
    if (number === 1) seconds = BigInt.asIntN(64, value);
    if (number === 2) nanos = BigInt.asIntN(64, value);
  }
  if (body.length === 0 || seconds < -62_000_000_000n) return null;
  const whole = new Date(Number(seconds) * 1000).toISOString().slice(0, 19);
  return micro ? `${whole}.${String(nanos / 1000n).padStart(6, "0")}Z` : `${whole}Z`;
}

function decodeIntOrString(body: Buffer): Json {
  let isString = false;
  let number = 0;
  let text = "";
  for (const wire of wireFields(body)) {
    if (wire.number === 1) isString = wire.value === 1n;
    if (wire.number === 2) number = Number(BigInt.asIntN(32, wire.value));
    if (wire.number === 3) text = wire.bytes.toString();
  }
  return isString ? text : number;
}
