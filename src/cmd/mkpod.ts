// cutwater mkpod: the pod of a ProwJob, as plank would make it, or for a cluster on one's own machine.
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { podSpecSchema } from "../config/pod-schema.ts";
import { snowflake } from "../jobs/build-id.ts";
import { podFor } from "../jobs/pod.ts";
import { bool, type FlagValues, string, strings } from "../lib/flags.ts";
import { any, isRecord, object, type Problem, required } from "../lib/schema.ts";
import { dumpYAML, loadYAML } from "../lib/yaml/load.ts";
import type { Pod } from "../model/pod.ts";
import { type ProwJob, prowJobSpecSchema, prowJobStatusSchema } from "../model/prowjob.ts";
import { clusterVolumes, localPod, withoutProwsLabel, withVolumes } from "../tools/local-pod.ts";
import type { Host } from "./command.ts";
import { InputError, noArguments, readText, tool } from "./wiring/tool.ts";

const flags = {
  "prow-job": string("", "ProwJob to decorate, - for standard input."),
  "build-id": string("", "Build id of the run, or 'snowflake' to make one."),
  local: bool(
    false,
    "The pod utilities copy files to a directory of the node instead of uploading them, and need no credentials.",
  ),
  "out-dir": string("", "Only with --local: that directory; without it a temporary one is made."),
  volume: strings(
    [],
    "Only with --local: NAME=empty or NAME=PATH, what a volume that the cluster has not got is replaced by; may be repeated.",
  ),
};
type Flags = FlagValues<typeof flags>;

export const mkpod = tool("mkpod", {
  flags,
  async run({ values, args }, host) {
    noArguments(args);
    if (!values["prow-job"]) throw new InputError("required flag --prow-job was unset");
    if (!values.local && values["out-dir"])
      throw new InputError("out-dir may only be specified in --local mode");
    if (!values.local && values.volume.length) throw new InputError("--volume is for --local alone");
    const volumes = volumeChoices(values.volume);
    const written = prowJobIn(
      readText(values["prow-job"], "--prow-job", { stdin: true }),
      values["prow-job"],
    );
    const buildId = buildIdOf(values["build-id"] || (written.status.build_id ?? ""), host);
    const job: ProwJob = { ...written, status: { ...written.status, build_id: buildId } };
    if (!job.spec.pod_spec) throw new InputError(`prowjob "${job.metadata.name}" lacks a pod spec`);
    const pod = values.local ? local(job, buildId, values, volumes, host) : podFor(job, buildId);
    host.out(dumpYAML(withoutProwsLabel(pod)).trimEnd());
    return 0;
  },
});

const specSchema = object({ ...prowJobSpecSchema.fields, pod_spec: podSpecSchema });
const prowJobSchema = object({
  apiVersion: any<string>(),
  kind: any<string>(),
  metadata: any<ProwJob["metadata"]>(),
  spec: required(specSchema),
  status: prowJobStatusSchema,
});

/** Throws InputError that names every fault. */
function prowJobIn(text: string, path: string): ProwJob {
  let data: unknown;
  try {
    data = loadYAML(text);
  } catch (error) {
    throw new InputError(`${path} is no YAML: ${(error as Error).message}`);
  }
  const kind = isRecord(data) ? data["kind"] : undefined;
  if (!isRecord(data) || (kind !== undefined && kind !== "ProwJob")) {
    throw new InputError(`${path} holds ${kind ? `a ${String(kind)}` : "no object"}; a ProwJob is wanted`);
  }
  const problems: Problem[] = [];
  const decoded = prowJobSchema.decode(data, [], (problem) => void problems.push(problem));
  const faults = problems.filter(({ level }) => level === "error");
  if (!decoded?.spec || faults.length) {
    const list = faults.map((fault) => `${fault.path.join(".") || "the file"}: ${fault.message}`);
    throw new InputError(`${path} is no ProwJob: ${list.join("; ") || "it has no spec"}`);
  }
  const { spec, status = {}, metadata } = decoded;
  return {
    apiVersion: "prow.k8s.io/v1",
    kind: "ProwJob",
    metadata: isRecord(metadata) ? { ...metadata, name: String(metadata.name ?? "") } : { name: "" },
    spec,
    status,
  };
}

function buildIdOf(wanted: string, host: Host): string {
  if (wanted.toLowerCase() === "snowflake") {
    const made = snowflake(host.clock, host.random)();
    host.err(`Generated build-id for job: ${made}`);
    return made;
  }
  if (wanted === "") {
    host.err("No BuildID found in ProwJob status or given with --build-id, GCS interaction will be poor.");
  }
  return wanted;
}

function volumeChoices(given: readonly string[]): Map<string, string> {
  return new Map(
    given.map((text) => {
      const [, name, choice] = /^([^=]+)=(.+)$/.exec(text) ?? [];
      if (!name || !choice) throw new InputError(`--volume=${text} is none of NAME=empty and NAME=PATH`);
      return [name, choice];
    }),
  );
}

function local(
  job: ProwJob,
  buildId: string,
  flags: Flags,
  volumes: ReadonlyMap<string, string>,
  host: Host,
): Pod {
  const prefix = ["prowjob-out", job.spec.job.replaceAll("/", "-"), buildId].join("-");
  const directory = flags["out-dir"] ? join(flags["out-dir"], buildId) : mkdtempSync(join(tmpdir(), prefix));
  host.err(
    `Pod-utils configured for local mode. Instead of uploading to GCS, files will be copied to ${directory} on the node.`,
  );
  const pod = withVolumes(localPod(job, buildId, directory), volumes);
  const left = clusterVolumes(pod);
  if (left.length) {
    host.err(
      `The cluster must have what these volumes name: ${left.join(", ")}; --volume=NAME=empty or NAME=PATH replaces one.`,
    );
  }
  return pod;
}
