// Label and field selectors: text to requirements, requirements to yes or no.
import { type ApiError, badRequest } from "./status.ts";
import type { Attributes } from "./store.ts";

export interface Requirement {
  key: string;
  operator: "in" | "notin" | "exists" | "missing" | "gt" | "lt";
  values: string[];
}

export interface Selector {
  labels: Requirement[];
  fields: Requirement[];
}

export const EVERYTHING: Selector = { labels: [], fields: [] };

/** Whether an object with these attributes is selected. */
export function selects(selector: Selector, { labels, fields }: Attributes): boolean {
  return (
    selector.labels.every((requirement) => meets(requirement, labels)) &&
    selector.fields.every((requirement) => meets(requirement, fields))
  );
}

export const selectsEverything = (selector: Selector): boolean =>
  selector.labels.length + selector.fields.length === 0;

function meets({ key, operator, values }: Requirement, attributes: Record<string, string>): boolean {
  const has = Object.hasOwn(attributes, key);
  const value = has ? (attributes[key] ?? "") : "";
  switch (operator) {
    case "exists":
      return has;
    case "missing":
      return !has;
    case "in":
      return has && values.includes(value);
    case "notin":
      return !has || !values.includes(value);
    case "gt":
      return has && Number(value) > Number(values[0]);
    case "lt":
      return has && Number(value) < Number(values[0]);
  }
}

const KEY = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;
const TERM =
  /\s*(?:(!)\s*([^\s=!<>(),]+)|([^\s=!<>(),]+)\s*(?:(==|=|!=|>|<)\s*([^\s,()=!<>]*)|\s(in|notin)\s*\(([^()]*)\))?)\s*(?:,|$)/y;

/** `a=b,c!=d,e in (f,g),h notin (i),j,!k,l>1`. Throws ApiError 400. */
export function parseLabelSelector(text: string): Requirement[] {
  const requirements: Requirement[] = [];
  if (text.trim() === "") return requirements;
  TERM.lastIndex = 0;
  while (TERM.lastIndex < text.length) {
    const from = TERM.lastIndex;
    const match = TERM.exec(text);
    if (!match) throw badRequest(`unable to parse requirement: found '${text.slice(from).trim()}'`);
    const requirement = requirementOf(match);
    checkLabel(requirement);
    requirements.push(requirement);
  }
  return requirements;
}

function requirementOf(match: RegExpExecArray): Requirement {
  const [, not, missing, key = "", symbol, value = "", word, list = ""] = match;
  if (not) return { key: missing ?? "", operator: "missing", values: [] };
  if (word) {
    const values = list.split(",").map((item) => item.trim());
    return { key, operator: word === "in" ? "in" : "notin", values };
  }
  if (symbol === undefined) return { key, operator: "exists", values: [] };
  const operators = { "=": "in", "==": "in", "!=": "notin", ">": "gt", "<": "lt" } as const;
  return { key, operator: operators[symbol as keyof typeof operators], values: [value] };
}

function checkLabel({ key, operator, values }: Requirement): void {
  if (!KEY.test(key)) {
    throw badRequest(
      `unable to parse requirement: <nil>: Invalid value: ${JSON.stringify(key)}: name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
    );
  }
  const bad = values.find((value) => !VALUE.test(value) || value.length > 63);
  if (bad !== undefined) {
    throw badRequest(
      `unable to parse requirement: values[0][${key}]: Invalid value: ${JSON.stringify(bad)}: a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')`,
    );
  }
  if ((operator === "gt" || operator === "lt") && !/^-?\d+$/.test(values[0] ?? "")) {
    throw badRequest(
      `unable to parse requirement: values[0][${key}]: Invalid value: ${JSON.stringify(values[0])}: for 'Gt', 'Lt' operators, the value must be an integer`,
    );
  }
}

/** `status.phase!=Failed,spec.nodeName=n`. `known` are the fields that the kind can be selected by. Throws ApiError 400. */
export function parseFieldSelector(text: string, known: readonly string[]): Requirement[] {
  if (text.trim() === "") return [];
  return splitFields(text).map((term) => {
    const match = /^((?:[^\\=!]|\\.)+)(!=|==|=)(.*)$/s.exec(term);
    if (!match) throw badRequest(`invalid selector: '${term}'; can't understand '${term}'`);
    const [, key = "", symbol, value = ""] = match;
    if (!known.includes(key)) throw unknownField(key, known);
    const values = [value.replace(/\\([\\,=])/g, "$1")];
    return { key, operator: symbol === "!=" ? "notin" : "in", values };
  });
}

/** Kinds with fields of their own word it differently from those without. */
function unknownField(key: string, known: readonly string[]): ApiError {
  if (known.length > 2) return badRequest(`field label not supported: ${key}`);
  const only = known.map((field) => JSON.stringify(field)).join(", ");
  return badRequest(`${JSON.stringify(key)} is not a known field selector: only ${only}`);
}

const splitFields = (text: string): string[] => text.match(/(?:[^\\,]|\\.)+/gs) ?? [];
