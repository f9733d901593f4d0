// JOB_SPEC: what a job is told about itself, as JSON in its environment.
import { type Infer, list, object, oneOf, required, string } from "../lib/schema.ts";
import { decorationConfigSchema } from "./decoration-config.ts";
import { PROW_JOB_TYPES, type ProwJobSpec } from "./prowjob.ts";
import { refsSchema } from "./refs.ts";

export const JOB_SPEC = "JOB_SPEC";

const jobSpecSchema = object({
  type: required(oneOf(PROW_JOB_TYPES)),
  job: required(string()),
  buildid: string(),
  prowjobid: string(),
  refs: refsSchema,
  extra_refs: list(refsSchema),
  decoration_config: decorationConfigSchema,
});
export type JobSpec = Infer<typeof jobSpecSchema>;

/** The fields in upstream's order, as they are serialised. */
export function jobSpec(spec: ProwJobSpec, buildID: string, prowJobID: string): JobSpec {
  return {
    type: spec.type,
    job: spec.job,
    buildid: buildID,
    prowjobid: prowJobID,
    refs: spec.refs,
    // As Go leaves out an empty list.
    extra_refs: spec.extra_refs?.length ? spec.extra_refs : undefined,
    decoration_config: spec.decoration_config,
  };
}
