// The JSONPath of printer columns: `.spec.refs.pulls[*].number`, `.metadata.labels['a.b/c']`,
// `.status.conditions[?(@.type=="Ready")].status`, indices, `..` excepted.
import { equal, isObject, type Json } from "./json.ts";

const STEP_PATTERN =
  /\.?\['([^']*)'\]|\.?\["([^"]*)"\]|\[(\*|-?\d+)\]|\[\?\(@\.?([\w.\-/]+)\s*==\s*("[^"]*"|'[^']*'|[\w.-]+)\)\]|\.((?:[^.[\]\\]|\\.)+)/y;

/** Every value that the path matches; none where it ends early or can not be read. */
export function readPath(value: Json, path: string): Json[] {
  const text = path.replace(/^\{|\}$/g, "").replace(/^\$/, "");
  let matches: Json[] = [value];
  // Its own, since the place in the text is kept in it and a filter reads a path within the path.
  const steps = new RegExp(STEP_PATTERN);
  while (steps.lastIndex < text.length) {
    const step = steps.exec(text);
    if (!step) return [];
    matches = matches.flatMap((match) => take(match, step));
  }
  return matches;
}

function take(value: Json, [, single, double, index, filter, wanted, name]: RegExpExecArray): Json[] {
  const key = single ?? double ?? name?.replace(/\\(.)/g, "$1");
  if (key === "*") return isObject(value) ? defined(Object.values(value)) : Array.isArray(value) ? value : [];
  if (key !== undefined) return isObject(value) && Object.hasOwn(value, key) ? defined([value[key]]) : [];
  if (!Array.isArray(value)) return [];
  if (index === "*") return value;
  if (index !== undefined) return defined([value.at(Number(index))]);
  const literal = /^["']/.test(wanted ?? "") ? (wanted ?? "").slice(1, -1) : JSON.parse(wanted ?? "null");
  return value.filter((item) => readPath(item, `.${filter}`).some((found) => equal(found, literal)));
}

const defined = (values: (Json | undefined)[]): Json[] => values.filter((value) => value !== undefined);
