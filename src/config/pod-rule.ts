// What the rules for pods and for containers share: the shape of a rule, and the parts of a securityContext that both have.
import { isRecord, type Path } from "../lib/schema.ts";

/** A finding: where it stands, and why it is refused. */
export interface Raised {
  path: Path;
  why: string;
}

/** `base` is what a plain job of the same repository is given by the central configuration. */
export type Rule<T> = (thing: T, base: T) => Raised[];
type Context = Readonly<Record<string, unknown>>;

export const fieldsOf = (thing: object): string[] => Object.keys(thing);

/** Whether a field says something, be it an empty object. */
export const isSaid = (value: unknown): boolean => value !== undefined && value !== null;

/** The objects of a list, each with its index. */
export const recordsAt = (value: unknown): [Record<string, unknown>, number][] =>
  (Array.isArray(value) ? value : []).flatMap((one, i): [Record<string, unknown>, number][] =>
    isRecord(one) ? [[one, i]] : [],
  );

/** Root by name. What an image does by itself is the image's. */
export const rootRules = (context: Context): Raised[] => [
  ...(["runAsUser", "runAsGroup", "fsGroup"] as const)
    .filter((field) => context[field] === 0)
    .map((field) => ({ path: [field], why: "0 is root" })),
  ...(context["runAsNonRoot"] === false ? [{ path: ["runAsNonRoot"], why: "it lets root in" }] : []),
];

/** Profiles that the kernel holds a process to. */
export function unconfined(context: Context): Raised[] {
  const found: Raised[] = [];
  for (const field of ["seccompProfile", "appArmorProfile"]) {
    const profile = context[field];
    if (isRecord(profile) && isSaid(profile["type"]) && profile["type"] !== "RuntimeDefault")
      found.push({ path: [field], why: "only the profile RuntimeDefault is known to contain the pod" });
  }
  for (const field of ["seLinuxOptions", "windowsOptions"]) {
    if (isRecord(context[field]) && fieldsOf(context[field]).length > 0)
      found.push({ path: [field], why: "it changes how the pod is contained" });
  }
  return found;
}
