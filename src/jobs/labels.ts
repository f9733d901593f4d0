// The standard labels and annotations of a ProwJob and of everything made for it; Prow's tools select by them.
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

const LONGEST_LABEL_VALUE = 63;
const LABEL_VALUE = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;

type Strings = Record<string, string>;

export const isLabelValue = (text: string): boolean =>
  text.length <= LONGEST_LABEL_VALUE && LABEL_VALUE.test(text);

/** Standard ones under the given ones, which win; a value that Kubernetes refuses becomes its last path element or goes. */
export function labelsAndAnnotations(
  spec: ProwJobSpec,
  extraLabels: Strings = {},
  extraAnnotations: Strings = {},
): { labels: Strings; annotations: Strings } {
  const refs = spec.refs ?? spec.extra_refs?.[0];
  const full = { [PROW_JOB_NAME_LABEL]: spec.job, [CONTEXT_LABEL]: spec.context ?? "" };
  const labels: Strings = {
    [CREATED_BY_PROW]: "true",
    [PROW_JOB_TYPE_LABEL]: spec.type,
    [PROW_JOB_NAME_LABEL]: truncated(spec.job),
    [CONTEXT_LABEL]: truncated(spec.context ?? ""),
    ...(refs && { [ORG_LABEL]: refs.org, [REPO_LABEL]: refs.repo, [BASE_REF_LABEL]: refs.base_ref ?? "" }),
    ...(refs?.pulls?.[0] && { [PULL_LABEL]: String(refs.pulls[0].number) }),
    ...extraLabels,
  };
  return { labels: onlyValid(labels), annotations: { ...full, ...extraAnnotations } };
}

/** Labels are cut to what Kubernetes takes, the annotation keeps the whole text. */
export const truncated = (text: string): string =>
  text.length > LONGEST_LABEL_VALUE ? text.slice(0, LONGEST_LABEL_VALUE).replace(/[._-]+$/, "") : text;

function onlyValid(labels: Strings): Strings {
  const valid: Strings = {};
  for (const [key, value] of Object.entries(labels)) {
    const base = value.replace(/\/+$/, "").split("/").at(-1) ?? "";
    if (isLabelValue(value)) valid[key] = value;
    else if (isLabelValue(base)) valid[key] = base;
  }
  return valid;
}
