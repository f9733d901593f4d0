// Writes src/local/kube/{builtin-schemas,protobuf-fields}.json from Kubernetes' own OpenAPI and Go types:
//   node scripts/kube-tables.ts http://127.0.0.1:PORT TOKEN /root/go/pkg/mod/k8s.io 0.34.4
// with a real kube-apiserver (see test/contracts/real-kube.ts) and `go mod download k8s.io/{api,apimachinery}@v…`.
import { readFileSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";

const OUT = join(import.meta.dirname, "../src/local/kube");

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Definitions = Record<string, Json>;

const ROOTS: Readonly<Record<string, string[]>> = {
  "api/v1": [
    "Pod",
    "Node",
    "Namespace",
    "ConfigMap",
    "Secret",
    "Event",
    "ServiceAccount",
    "Service",
    "Binding",
  ],
  "apis/coordination.k8s.io/v1": ["Lease"],
  "apis/events.k8s.io/v1": ["Event"],
  "apis/apiextensions.k8s.io/v1": ["CustomResourceDefinition"],
  "apis/authorization.k8s.io/v1": ["SelfSubjectAccessReview"],
  "apis/authentication.k8s.io/v1": ["SelfSubjectReview"],
};

async function schemas(url: string, token: string): Promise<Definitions> {
  const found: Definitions = {};
  for (const [path, kinds] of Object.entries(ROOTS)) {
    const document = JSON.parse(await get(`${url}/openapi/v3/${path}`, token));
    const all: Definitions = document.components.schemas;
    const add = (name: string): void => {
      if (found[name] !== undefined) return;
      found[name] = compact(all[name] ?? null, false);
      for (const reference of references(all[name] ?? null)) add(reference);
    };
    for (const name of Object.keys(all)) {
      const own = JSON.stringify(all[name]).includes("x-kubernetes-group-version-kind");
      if (own && kinds.includes(name.split(".").at(-1) ?? "")) add(name);
    }
  }
  return found;
}

function get(url: string, token: string): Promise<string> {
  const options = { headers: { authorization: `Bearer ${token}` }, rejectUnauthorized: false };
  return new Promise((resolve, reject) => {
    const asked = request(url, options, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("end", () => resolve(text));
    });
    asked.on("error", reject).end();
  });
}

function references(value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap(references);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === "$ref" && typeof inner === "string" ? [inner.split("/").at(-1) ?? ""] : references(inner),
  );
}

/** First sentences only, and no defaults that are Go's zero values (nothing applies them). */
function compact(value: Json, fields: boolean): Json {
  if (Array.isArray(value)) return value.map((item) => compact(item, false));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).flatMap(([key, inner]): [string, Json][] => {
    if (fields) return [[key, compact(inner, false)]];
    if (key === "description" && typeof inner === "string") return [[key, firstSentence(inner)]];
    if (key === "default" && ['""', "{}", "0", "false"].includes(JSON.stringify(inner))) return [];
    return [[key, compact(inner, key === "properties")]];
  });
  return Object.fromEntries(entries);
}

const firstSentence = (text: string): string => {
  const [first = ""] = text.split(/(?<=[a-z)`"\]])\.\s/);
  return first.trim().replace(/\.?$/, ".");
};

/** [JSON name, type, flags]: o is left out when zero, r repeated, m map, i inlined. */
type Field = [name: string, type: string, flags: string];
type Messages = Record<string, Record<string, Field>>;

const PACKAGES: Readonly<Record<string, string>> = {
  core: "api@v/core/v1/types.go",
  coordination: "api@v/coordination/v1/types.go",
  events: "api@v/events/v1/types.go",
  authorization: "api@v/authorization/v1/types.go",
  authentication: "api@v/authentication/v1/types.go",
  meta: "apimachinery@v/pkg/apis/meta/v1/types.go",
};

const SPECIAL: Readonly<Record<string, string>> = {
  "meta.Time": "time",
  "meta.MicroTime": "microtime",
  "meta.FieldsV1": "json",
  "runtime.RawExtension": "json",
  "resource.Quantity": "quantity",
  "intstr.IntOrString": "intOrString",
  "types.UID": "string",
  "types.NodeName": "string",
  string: "string",
  bool: "bool",
  int: "int",
  int32: "int",
  int64: "int",
  "[]byte": "bytes",
};

const IMPORTS: Readonly<Record<string, string>> = { metav1: "meta", v1: "core", corev1: "core" };
const WANTED = [
  ...["core.Pod", "core.Node", "core.Namespace", "core.ConfigMap", "core.Secret", "core.Event"],
  ...["core.ServiceAccount", "core.Service", "core.Binding", "coordination.Lease", "events.Event"],
  ...["authorization.SelfSubjectAccessReview", "authorization.SelfSubjectRulesReview"],
  ...["authorization.SubjectAccessReview", "authentication.SelfSubjectReview", "meta.DeleteOptions"],
];

function messages(root: string, version: string): Messages {
  const sources = Object.entries(PACKAGES).map(([name, file]): [string, string] => [
    name,
    readFileSync(join(root, file.replace("@v", `@v${version}`)), "utf8"),
  ]);
  const aliases = new Map<string, string>();
  const structs = new Map<string, string>();
  for (const [name, source] of sources) {
    for (const match of source.matchAll(/^type (\w+) struct \{\n([\s\S]*?)^\}/gm)) {
      structs.set(`${name}.${match[1]}`, match[2] ?? "");
    }
    for (const match of source.matchAll(/^type (\w+) ((?:\[\]|map\[)?[\w.\]]+)$/gm)) {
      aliases.set(`${name}.${match[1]}`, match[2] ?? "");
    }
  }
  const found: Messages = {};
  const add = (message: string): void => {
    const body = structs.get(message);
    if (body === undefined || found[message]) return;
    const fields = fieldsOf(body, message.split(".")[0] ?? "", aliases);
    found[message] = fields;
    for (const [, type] of Object.values(fields)) add(type);
  };
  for (const message of WANTED) add(message);
  return found;
}

function fieldsOf(body: string, home: string, aliases: Map<string, string>): Record<string, Field> {
  const fields: Record<string, Field> = {};
  for (const match of body.matchAll(/^\s+(?:(\w+)\s+)?([^\s`/]+)\s+`([^`]*)`/gm)) {
    const [, , goType = "", tags = ""] = match;
    const number = /protobuf:"\w+,(\d+)/.exec(tags)?.[1];
    if (!number) continue;
    const [jsonName = "", ...options] = (/json:"([^"]*)"/.exec(tags)?.[1] ?? "").split(",");
    const pointer = goType.startsWith("*");
    const { type, shape } = typeOf(pointer ? goType.slice(1) : goType, home, aliases);
    const inline = options.includes("inline") || jsonName === "";
    const omit = !pointer && options.includes("omitempty") ? "o" : "";
    fields[number] = [jsonName, type, `${inline ? "i" : omit}${shape}`];
  }
  return fields;
}

function typeOf(goType: string, home: string, aliases: Map<string, string>): { type: string; shape: string } {
  if (SPECIAL[goType]) return { type: SPECIAL[goType], shape: "" };
  if (goType.startsWith("[]")) return { type: typeOf(goType.slice(2), home, aliases).type, shape: "r" };
  const map = /^map\[[\w.]+\](.*)$/.exec(goType);
  if (map) return { type: typeOf(map[1] ?? "", home, aliases).type, shape: "m" };
  const [prefix, bare] = goType.includes(".") ? goType.split(".") : [home, goType];
  const name = `${IMPORTS[prefix ?? ""] ?? prefix}.${bare}`;
  if (SPECIAL[name]) return { type: SPECIAL[name], shape: "" };
  const alias = aliases.get(name);
  return alias ? typeOf(alias, name.split(".")[0] ?? "", aliases) : { type: name, shape: "" };
}

/** One definition a line, so that a new version of Kubernetes shows as a readable change. */
function write(file: string, definitions: Record<string, unknown>): void {
  const lines = Object.keys(definitions)
    .sort()
    .map((name) => `${JSON.stringify(name)}: ${JSON.stringify(definitions[name])}`);
  writeFileSync(join(OUT, file), `{\n${lines.join(",\n")}\n}\n`);
}

const [url = "", token = "", modules = "", version = ""] = process.argv.slice(2);
write("protobuf-fields.json", messages(modules, version));
write("builtin-schemas.json", await schemas(url, token));
