// What a test could do harm with and does not get: tokens of the cluster, credentials of the pod utilities, their processes.
import { describe, expect, test } from "vitest";
import { podFor } from "../../src/jobs/pod.ts";
import type { Pod } from "../../src/model/pod.ts";
import { sampleProwJob } from "./sample.ts";

const CREDENTIALS = {
  gcs_credentials_secret: "uploader",
  s3_credentials_secret: "s3-uploader",
  oauth_token_secret: { name: "oauth", key: "token" },
  cookiefile_secret: "cookies",
  default_service_account_name: "uploader-account",
};
const withCredentials = (): Pod =>
  podFor(sampleProwJob(`decorate: true\ndecoration_config: ${JSON.stringify(CREDENTIALS)}`), "1");
const withSpec = (spec: object): Pod => {
  const job = sampleProwJob();
  return podFor({ ...job, spec: { ...job.spec, pod_spec: { ...job.spec.pod_spec!, ...spec } } }, "1");
};
/** Names of the volumes that hold secrets, by container that mounts them. */
function secretsOf({ spec }: Pod): Record<string, string[]> {
  const secret = new Set(spec.volumes?.filter((volume) => volume.secret).map(({ name }) => name));
  const containers = [...(spec.initContainers ?? []), ...spec.containers];
  const mounted = containers.map(({ name, volumeMounts = [] }): [string, string[]] => [
    name,
    volumeMounts.map((mount) => mount.name).filter((volume) => secret.has(volume)),
  ]);
  return Object.fromEntries(mounted);
}

describe("a token of a service account", () => {
  test("is not mounted when nothing is said, also beside an account of the decoration's", () => {
    expect(withSpec({}).spec.automountServiceAccountToken).toBe(false);
    const { spec } = withCredentials();
    expect([spec.automountServiceAccountToken, spec.serviceAccountName]).toEqual([false, "uploader-account"]);
  });

  test("is there, as with Prow, for a job that names an account or asks for it", () => {
    const named = withSpec({ serviceAccountName: "deployer" }).spec;
    expect(named).not.toHaveProperty("automountServiceAccountToken");
    expect(named.serviceAccountName).toBe("deployer");
    expect(withSpec({ automountServiceAccountToken: true }).spec.automountServiceAccountToken).toBe(true);
  });
});

test("credentials are mounted where they are used, and never into the test", () => {
  expect(secretsOf(withCredentials())).toEqual({
    clonerefs: ["oauth", "cookiefile"],
    initupload: ["gcs-credentials", "s3-credentials"],
    "place-entrypoint": [],
    test: [],
    sidecar: ["gcs-credentials", "s3-credentials"],
  });
});

test("nothing of the credentials is told to the test, not even where they are", () => {
  const { env, command } = withCredentials().spec.containers.find(({ name }) => name === "test")!;
  const own = env!.filter(({ name }) => name !== "JOB_SPEC");
  expect(JSON.stringify([own, command])).not.toMatch(/secrets|uploader|oauth|cookie|credential/);
  expect(env!.map(({ name }) => name)).not.toEqual(expect.arrayContaining(["SIDECAR_OPTIONS"]));
});

test("the test and the sidecar each have processes of their own", () => {
  for (const pod of [withSpec({}), withCredentials()])
    for (const field of ["shareProcessNamespace", "hostPID", "hostIPC", "hostNetwork"])
      expect(pod.spec).not.toHaveProperty(field);
});
