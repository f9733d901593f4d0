// Who writes what through which endpoint.
import { type Call, managerName } from "./call.ts";
import { type Engine, timestamp } from "./engine.ts";
import type { FieldPath } from "./field-set.ts";
import type { Writer } from "./managed-fields.ts";
import { apiVersionOf, hasStatus, type Resource } from "./resource.ts";

export function writerOf(
  engine: Engine,
  call: Call,
  optionsKind: string,
  operation: Writer["operation"] = "Update",
): Writer {
  return {
    name: managerName(call, optionsKind),
    operation,
    apiVersion: apiVersionOf(call.resource),
    subresource: call.subresource,
    now: timestamp(engine.clock.now()),
    ignored: ignoredPaths(call.resource, call.subresource),
  };
}

/** What an endpoint does not let its callers change, they do not come to own. */
function ignoredPaths(resource: Resource, subresource: string): FieldPath[] {
  if (subresource === "status") return [["f:spec"], ...(resource.custom ? [["f:metadata"]] : [])];
  return hasStatus(resource) ? [["f:status"]] : [];
}
