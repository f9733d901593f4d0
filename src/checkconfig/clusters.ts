// validate-cluster-field: the build clusters that jobs name are there, as far as plank has written down which are.
import type { JobBase } from "../config/job.ts";
import { type Facts, type Finding, listJobs, placeOf, type Warning } from "./warning.ts";

const REACHABLE = "Reachable";

export const validateClusterField: Warning = {
  name: "validate-cluster-field",
  group: "default",
  doc: "Jobs for a build cluster that there is not, by plank.build_cluster_status_file.",
  check({ config, clusters }: Facts) {
    if (clusters && "fault" in clusters) return [{ message: clusters.fault }];
    const statuses = clusters && "statuses" in clusters ? clusters.statuses : undefined;
    const notYet = clusters && "notYet" in clusters ? [absent(clusters.notYet)] : [];
    const ofJobs = listJobs(config).flatMap((listed) => {
      const finding = findingOf(listed.job, statuses);
      if (!finding) return [];
      const message = `${listed.repo ?? "invalid periodic job"}: ${finding.message}`;
      return [{ ...finding, ...(!finding.remark && { message }), places: [placeOf(listed)] }];
    });
    return [...notYet, ...ofJobs];
  },
};

const absent = (location: string): Finding => ({
  remark: true,
  message: `Build cluster status file location was specified, but could not be found: ${location}. This is expected when the location is first configured, before plank creates the file.`,
});

function findingOf(job: JobBase, statuses?: Readonly<Record<string, string>>): Finding | undefined {
  if (job.agent === "jenkins" && job.cluster !== "default") {
    return { message: `${job.name}: cannot set cluster field if agent is ${job.agent}` };
  }
  if (!statuses) return undefined;
  const status = statuses[job.cluster];
  if (status === undefined) {
    return {
      message: `job configuration for "${job.name}" specifies unknown 'cluster' value "${job.cluster}"`,
      hint: `known are ${Object.keys(statuses).sort().join(", ")}`,
    };
  }
  if (status === REACHABLE) return undefined;
  return {
    remark: true,
    message: `Job configuration for "${job.name}" specifies cluster "${job.cluster}" which cannot be reached from Plank. Status: "${status}"`,
  };
}
