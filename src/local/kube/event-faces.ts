// Events are served as core/v1 and as events.k8s.io/v1; both are one object, stored in the core shape.
import type { ApiObject, Json } from "./json.ts";

/** Field of events.k8s.io/v1 to field of core/v1. */
const NAMES: Readonly<Record<string, string>> = {
  regarding: "involvedObject",
  note: "message",
  reportingController: "reportingComponent",
  deprecatedSource: "source",
  deprecatedFirstTimestamp: "firstTimestamp",
  deprecatedLastTimestamp: "lastTimestamp",
  deprecatedCount: "count",
};
const BACK = Object.fromEntries(Object.entries(NAMES).map(([face, core]) => [core, face]));

export const toCoreEvent = (event: ApiObject): ApiObject => renamed(event, NAMES, "v1");
export const fromCoreEvent = (event: ApiObject): ApiObject => renamed(event, BACK, "events.k8s.io/v1");

function renamed(event: ApiObject, names: Readonly<Record<string, string>>, apiVersion: string): ApiObject {
  const entries: [string, Json | undefined][] = Object.entries(event).map(([field, value]) => [
    names[field] ?? field,
    value,
  ]);
  return { ...(Object.fromEntries(entries) as ApiObject), apiVersion };
}
