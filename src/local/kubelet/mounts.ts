// Processes see the host's file system, so what names a path inside a container is rewritten to where it really is.
import { withoutEndSlashes } from "../../lib/without-end-slashes.ts";

export interface HostMount {
  /** Path inside the container. */
  mountPath: string;
  /** Where that is on this machine. */
  hostPath: string;
}

/** Told about the outside world, not about the container's files: a pull request's title may well contain `/tmp`. */
const VERBATIM = /^(?:JOB_SPEC|PULL_TITLE|PULL_HEAD_REF|PULL_REFS)$/;

/**
 * Rewrites every mount path in a text where it stands as a path of its own: `/logs/x`, `--dir=/logs`, `cat </logs/x`,
 * but not `gs://bucket/logs`, `./logs` or `/logsearch`. JSON is rewritten string by string, at any depth.
 */
export function pathRewriter(mounts: HostMount[]): (text: string) => string {
  const byLength = [...mounts].sort((a, b) => b.mountPath.length - a.mountPath.length);
  if (byLength.length === 0) return (text) => text;
  const targets = new Map(byLength.map(({ mountPath, hostPath }) => [trimmed(mountPath), hostPath]));
  const paths = [...targets.keys()].map(RegExp.escape).join("|");
  const before = "(?<![A-Za-z0-9_.\\-/})~%@+])";
  const after = "(?=$|[^A-Za-z0-9_\\-.]|\\.(?:$|\\s))";
  const pattern = new RegExp(`${before}(${paths})${after}`, "g");
  const inText = (text: string): string => text.replace(pattern, (path) => targets.get(path) ?? path);
  return (text) => inJSON(text, inText) ?? inText(text);
}

const trimmed = (path: string): string => withoutEndSlashes(path) || "/";

/** The same for the value of a variable. */
export const rewriteValue = (name: string, value: string, rewrite: (text: string) => string): string =>
  VERBATIM.test(name) ? value : rewrite(value);

/** undefined when the text is not a JSON object or list. */
function inJSON(text: string, rewrite: (text: string) => string): string | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    const rewritten = deep(value, (item) => inJSON(item, rewrite) ?? rewrite(item));
    return JSON.stringify(rewritten) === JSON.stringify(value) ? text : JSON.stringify(rewritten);
  } catch {
    return undefined;
  }
}

function deep(value: unknown, rewrite: (text: string) => string): unknown {
  if (typeof value === "string") return rewrite(value);
  if (Array.isArray(value)) return value.map((item) => deep(item, rewrite));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, deep(item, rewrite)]));
}
