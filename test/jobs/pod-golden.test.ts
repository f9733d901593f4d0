// Whole pods, case by case as in the fixtures of Prow's own decorator, which ours were equal to when they were recorded.
import { describe, expect, test } from "vitest";
import { podFor } from "../../src/jobs/pod.ts";
import type { DecorationConfig } from "../../src/model/decoration-config.ts";
import type { Container, PodSpec } from "../../src/model/pod.ts";
import type { ProwJobSpec } from "../../src/model/prowjob.ts";
import type { Refs } from "../../src/model/refs.ts";

const golden = (name: string) => `../golden/jobs/${name.replaceAll(" ", "-")}.json`;

const refs: Refs = {
  org: "org-name",
  repo: "repo-name",
  base_ref: "base-ref",
  base_sha: "base-sha",
  path_alias: "somewhere/else",
  pulls: [
    { number: 1, author: "author-name", sha: "pull-sha", head_ref: "pull-branch-name", title: "pull-title" },
  ],
};
const extra_refs = [{ org: "extra-org", repo: "extra-repo" }];

const thing = (more: Partial<Container> = {}): Container => ({
  name: "",
  image: "tester",
  command: ["/bin/thing"],
  args: ["some", "args"],
  env: [{ name: "MY_ENV", value: "rocks" }],
  ...more,
});

const utility_images = {
  clonerefs: "clonerefs:tag",
  initupload: "initupload:tag",
  entrypoint: "entrypoint:tag",
  sidecar: "sidecar:tag",
};
const gcs_configuration = {
  bucket: "my-bucket",
  path_strategy: "legacy",
  default_org: "kubernetes",
  default_repo: "kubernetes",
} as const;
const decorated = (more: DecorationConfig): DecorationConfig => ({
  timeout: "2h0m0s",
  grace_period: "10s",
  utility_images,
  gcs_configuration,
  ...more,
});
const mediaTypes = { log: "text/plain" };
const typed = { gcs_configuration: { ...gcs_configuration, mediaTypes } };
const secret = { gcs_credentials_secret: "secret-name" };
const ssh = { ...secret, ssh_key_secrets: ["ssh-1", "ssh-2"] };
const account = {
  ...typed,
  default_service_account_name: "default-SA",
  cookiefile_secret: "yummy/.gitcookies",
};
const users = { run_as_group: 1000, run_as_user: 1000, fs_group: 2000 };
const scheduling_options = {
  tolerations: [{ key: "prow.k8s.io/schedulable", effect: "NoSchedule", operator: "Exists" }],
  affinity: {
    nodeAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        {
          weight: 10,
          preference: { matchExpressions: [{ key: "node-type", values: ["prowjobs"], operator: "In" }] },
        },
      ],
    },
  },
};

const two = [
  thing({ name: "test-0" }),
  thing({
    name: "test-1",
    image: "othertester",
    command: ["/bin/otherthing"],
    args: ["other", "args"],
    env: [{ name: "MY_ENV", value: "stones" }],
  }),
];

const zero = { limits: { cpu: "0" }, requests: { memory: "0" } };
const resources = { clonerefs: zero, initupload: zero, place_entrypoint: zero, sidecar: zero };
const hungry = thing({ resources: { requests: { memory: "8Gi" }, limits: { memory: "100Gi" } } });
const withSecret: PodSpec = {
  volumes: [{ name: "secret", secret: { secretName: "secretname" } }],
  containers: [thing({ volumeMounts: [{ name: "secret", mountPath: "/secret" }] })],
  serviceAccountName: "tester",
};

const cases: [string, DecorationConfig | undefined, Partial<ProwJobSpec>][] = [
  ["undecorated", undefined, { refs: { ...refs, path_alias: undefined } }],
  ["cookie file by key", decorated({ ...typed, ...secret, cookiefile_secret: "yummy/.gitcookies" }), {}],
  ["cookie file", decorated({ ...secret, cookiefile_secret: "yummy" }), { extra_refs: [] }],
  [
    "ssh host fingerprints",
    decorated({ ...ssh, ssh_host_fingerprints: ["hello", "world"] }),
    { pod_spec: { containers: [thing({ terminationMessagePolicy: "File" })] } },
  ],
  ["ssh keys", decorated(ssh), {}],
  ["periodic without refs", decorated(ssh), { type: "periodic", refs: undefined }],
  ["nothing cloned", decorated({ ...ssh, skip_cloning: true }), { extra_refs }],
  [
    "two containers",
    decorated({ ...ssh, cookiefile_secret: "yummy" }),
    { extra_refs, pod_spec: { containers: two } },
  ],
  ["service account", decorated(account), {}],
  ["users", decorated({ ...account, ...users }), {}],
  ["scheduling", decorated({ ...account, ...users, scheduling_options }), {}],
  ["resources of the utilities", decorated({ ...secret, resources }), { extra_refs, pod_spec: withSecret }],
  [
    "memory limit",
    decorated({ ...secret, set_limit_equals_memory_request: true }),
    { pod_spec: { containers: [hungry], serviceAccountName: "tester" } },
  ],
  [
    "memory default",
    decorated({ ...secret, set_limit_equals_memory_request: true, default_memory_request: "4Gi" }),
    { pod_spec: { containers: [{ ...hungry, name: "test" }, thing({ name: "test2" })] } },
  ],
  ["censored", decorated({ ...secret, censor_secrets: true }), { pod_spec: withSecret }],
  ["not interrupted", decorated({ ...secret, upload_ignores_interrupts: true }), {}],
];

const specOf = (
  decoration_config: DecorationConfig | undefined,
  more: Partial<ProwJobSpec>,
): ProwJobSpec => ({
  type: "presubmit",
  agent: "kubernetes",
  job: "job-name",
  context: "job-context",
  refs,
  pod_spec: { containers: [thing()] },
  ...(decoration_config && { decoration_config }),
  ...more,
});

const pod = (spec: ProwJobSpec) =>
  podFor(
    {
      apiVersion: "prow.k8s.io/v1",
      kind: "ProwJob",
      metadata: { name: "pod", labels: { needstobe: "inherited" } },
      spec,
      status: { build_id: "blabla" },
    },
    "blabla",
  );

describe("the pod of a job", () => {
  test.each(cases)("%s", async (name, decoration, more) => {
    const made = pod(specOf(decoration, more));
    await expect(`${JSON.stringify(made, null, 2)}\n`).toMatchFileSnapshot(golden(name));
  });
});

/** What clonerefs is told, and which secrets it has. */
function cloner(decoration: DecorationConfig, more: Partial<ProwJobSpec> = {}) {
  const container = pod(specOf(decorated(decoration), more)).spec.initContainers!.find(
    ({ name }) => name === "clonerefs",
  );
  const options =
    container && JSON.parse(container.env!.find(({ name }) => name === "CLONEREFS_OPTIONS")!.value!);
  const mounts = container?.volumeMounts?.map(({ name, mountPath }) => `${name} ${mountPath}`);
  return { options, mounts: mounts?.filter((mount) => !/^(?:logs|code|clonerefs-tmp) /.test(mount)) };
}

describe("clonerefs", () => {
  const none = { ...cloner({}).options };

  test("clones the refs first, then the extra ones", () => {
    const { options } = cloner(
      {},
      {
        extra_refs: [
          { org: "second", repo: "r" },
          { org: "third", repo: "r" },
        ],
      },
    );
    expect(options.refs.map(({ org }: Refs) => org)).toEqual(["org-name", "second", "third"]);
    expect(cloner({}, { refs: undefined, extra_refs }).options.refs).toEqual(extra_refs);
    expect(none).toMatchObject({
      src_root: "/home/prow/go",
      github_api_endpoints: ["https://api.github.com"],
    });
  });

  test("is not there when there is nothing to clone", () => {
    expect(cloner({}, { refs: undefined }).options).toBeUndefined();
    expect(cloner({ skip_cloning: true }).options).toBeUndefined();
  });

  test.each<[DecorationConfig, object, string[]]>([
    [{ cookiefile_secret: "" }, {}, []],
    [{ ssh_host_fingerprints: ["thumb", "pinky"] }, { host_fingerprints: ["thumb", "pinky"] }, []],
    [
      { ssh_key_secrets: ["super", "secret"] },
      { key_files: ["/secrets/ssh/super", "/secrets/ssh/secret"] },
      ["ssh-keys-super /secrets/ssh/super", "ssh-keys-secret /secrets/ssh/secret"],
    ],
    [
      { cookiefile_secret: "oatmeal" },
      { cookie_path: "/secrets/cookiefile/oatmeal" },
      ["cookiefile /secrets/cookiefile"],
    ],
    [
      { oauth_token_secret: { name: "oauth-secret", key: "oauth-file" } },
      { oauth_token_file: "/secrets/oauth/oauth-file" },
      ["oauth-secret /secrets/oauth"],
    ],
    [
      { github_app_id: "123456", github_app_private_key_secret: { name: "app-secret", key: "private-key" } },
      { github_app_id: "123456", github_app_private_key_file: "/secrets/github-app/private-key" },
      ["app-secret /secrets/github-app"],
    ],
    [{ github_api_endpoints: ["http://example.com"] }, { github_api_endpoints: ["http://example.com"] }, []],
  ])("with %j", (decoration, options, mounts) => {
    expect(cloner(decoration)).toEqual({ options: { ...none, ...options }, mounts });
  });
});

test.each([
  ["10s", undefined, 12],
  ["1h0m0s", undefined, 4500],
  ["10s", 60, 60],
])("a grace period of %s beside the pod's own %s makes %s s", (grace_period, own, seconds) => {
  const containers = [thing()];
  const pod_spec = { containers, ...(own !== undefined && { terminationGracePeriodSeconds: own }) };
  expect(pod(specOf(decorated({ grace_period }), { pod_spec })).spec.terminationGracePeriodSeconds).toBe(
    seconds,
  );
});
