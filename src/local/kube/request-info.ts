// A request's path as the API server reads it: which resource, which object, which verb.

export interface ResourceRequest {
  group: string;
  version: string;
  /** "" for all of them, or for what is not in a namespace. */
  namespace: string;
  plural: string;
  name: string;
  subresource: string;
}

/** undefined for what is not below /api/v1/… or /apis/<group>/<version>/…. Throws URIError for a broken escape. */
export function resourceRequest(pathname: string): ResourceRequest | undefined {
  const parts = pathname.split("/").filter(Boolean).map(decodeURIComponent);
  const root = parts.shift();
  if (root !== "api" && root !== "apis") return undefined;
  const group = root === "apis" ? parts.shift() : "";
  const version = parts.shift();
  if (group === undefined || version === undefined || parts.length === 0 || parts.length > 5)
    return undefined;
  const base = { group, version, namespace: "" };
  // /namespaces/x and /namespaces/x/status are about the namespace, /namespaces/x/pods about what is in it.
  const inside =
    parts[0] === "namespaces" && parts.length > 2 && !["status", "finalize"].includes(parts[2] ?? "");
  if (inside) {
    parts.shift();
    base.namespace = parts.shift() ?? "";
  }
  const [plural = "", name = "", ...rest] = parts;
  return { ...base, plural, name, subresource: rest.join("/") };
}
