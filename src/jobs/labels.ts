// The standard labels and annotations of a ProwJob and of everything made for it; Prow's tools select by them.
import { asLabelValue, isLabelValue } from "../lib/kube-names.ts";
import {
  BASE_REF_LABEL,
  CONTEXT_LABEL,
  CREATED_BY_PROW,
  ORG_LABEL,
  PROW_JOB_NAME_LABEL,
  PROW_JOB_TYPE_LABEL,
  PULL_LABEL,
  REPO_LABEL,
} from "../model/labels.ts";
import type { ProwJobSpec } from "../model/prowjob.ts";
import { mainRefs } from "../model/refs.ts";

type Strings = Record<string, string>;

/** Standard ones under the given ones, which win; a value that Kubernetes refuses becomes its last path element or goes. */
export function labelsAndAnnotations(
  spec: ProwJobSpec,
  extraLabels: Strings = {},
  extraAnnotations: Strings = {},
): { labels: Strings; annotations: Strings } {
  const refs = mainRefs(spec);
  const full = { [PROW_JOB_NAME_LABEL]: spec.job, [CONTEXT_LABEL]: spec.context ?? "" };
  const labels: Strings = {
    [CREATED_BY_PROW]: "true",
    [PROW_JOB_TYPE_LABEL]: spec.type,
    [PROW_JOB_NAME_LABEL]: asLabelValue(spec.job),
    [CONTEXT_LABEL]: asLabelValue(spec.context ?? ""),
    ...(refs && { [ORG_LABEL]: refs.org, [REPO_LABEL]: refs.repo, [BASE_REF_LABEL]: refs.base_ref ?? "" }),
    ...(refs?.pulls?.[0] && { [PULL_LABEL]: String(refs.pulls[0].number) }),
    ...extraLabels,
  };
  return { labels: onlyValid(labels), annotations: { ...full, ...extraAnnotations } };
}

function onlyValid(labels: Strings): Strings {
  const valid: Strings = {};
  for (const [key, value] of Object.entries(labels)) {
    const base = value.replace(/\/+$/, "").split("/").at(-1) ?? "";
    if (isLabelValue(value)) valid[key] = value;
    else if (isLabelValue(base)) valid[key] = base;
  }
  return valid;
}
