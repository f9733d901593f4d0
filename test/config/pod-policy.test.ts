// Jobs that ask for more than a plain pod has: each way to it is found, and named by its field.
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import type { Config } from "../../src/config/config.ts";
import { parseInRepoConfig } from "../../src/config/in-repo-config.ts";
import { podPolicy } from "../../src/config/pod-policy.ts";
import { problemText } from "../../src/config/source.ts";
import { DECORATED, load } from "./files.ts";

const CENTRAL = `${DECORATED}
      cookiefile_secret: cookie
      run_as_user: 1000
presets:
- env: [{name: PROXY, valueFrom: {configMapKeyRef: {name: proxy, key: url}}}]
  volumes: [{name: ca, configMap: {name: ca}}]
  volumeMounts: [{name: ca, mountPath: /ca}]
  tolerations: [{key: ci, operator: Exists}]
- labels: {preset-token: 'true'}
  env: [{name: TOKEN, valueFrom: {secretKeyRef: {name: bot, key: token}}}]
`;

function central(more = ""): Config {
  const { config, problems } = load({ config: `${CENTRAL}${more}` });
  if (!config) throw new Error(problems.map(problemText).join("\n"));
  return config;
}
const config = central();

type Fields = Record<string, unknown>;

function told(job: Fields): string[] {
  const text = stringify({ presubmits: [{ name: "mine", ...job }] });
  const result = parseInRepoConfig([{ path: ".prow.yaml", text }], "acme/lib", config);
  expect(result.problems.map(problemText)).toEqual([]);
  return result.raised().flatMap(({ problems }) => problems.map(({ message }) => message));
}

const plain = { image: "i", command: ["run"] };
const pod = (spec: Fields, job: Fields = {}): Fields => ({
  decorate: true,
  ...job,
  spec: { containers: [plain], ...spec },
});
const container = (more: Fields): Fields => pod({ containers: [{ ...plain, ...more }] });
const context = (securityContext: Fields): Fields => container({ securityContext });
const podContext = (securityContext: Fields): Fields => pod({ securityContext });
const volume = (source: Fields): Fields => pod({ volumes: [{ name: "v", ...source }] });
const decorated = (decoration_config: Fields): Fields => pod({}, { decoration_config });

const C = "spec.containers[0]";
const HOSTILE: [field: string, job: Fields][] = [
  ["spec.serviceAccountName", pod({ serviceAccountName: "deployer" })],
  ["spec.serviceAccount", pod({ serviceAccount: "deployer" })],
  ["spec.automountServiceAccountToken", pod({ automountServiceAccountToken: true })],
  ["spec.hostNetwork", pod({ hostNetwork: true })],
  ["spec.hostPID", pod({ hostPID: true })],
  ["spec.hostIPC", pod({ hostIPC: true })],
  ["spec.shareProcessNamespace", pod({ shareProcessNamespace: true })],
  ["spec.nodeName", pod({ nodeName: "control-plane-0" })],
  ["spec.nodeSelector", pod({ nodeSelector: { pool: "release" } })],
  ["spec.affinity", pod({ affinity: { nodeAffinity: {} } })],
  [
    "spec.topologySpreadConstraints",
    pod({
      topologySpreadConstraints: [{ maxSkew: 1, topologyKey: "host", whenUnsatisfiable: "DoNotSchedule" }],
    }),
  ],
  ["spec.tolerations[0]", pod({ tolerations: [{ operator: "Exists" }] })],
  [
    "spec.tolerations[0]",
    pod({ tolerations: [{ key: "release", operator: "Exists", effect: "NoSchedule" }] }),
  ],
  ["spec.schedulerName", pod({ schedulerName: "other" })],
  ["spec.priorityClassName", pod({ priorityClassName: "system-node-critical" })],
  ["spec.priority", pod({ priority: 2000001000 })],
  ["spec.preemptionPolicy", pod({ preemptionPolicy: "PreemptLowerPriority" })],
  ["spec.runtimeClassName", pod({ runtimeClassName: "bare" })],
  ["spec.imagePullSecrets", pod({ imagePullSecrets: [{ name: "registry" }] })],
  ["spec.resourceClaims", pod({ resourceClaims: [{ name: "gpu", resourceClaimName: "gpu" }] })],
  ["spec.overhead", pod({ overhead: { cpu: "1" } })],
  ["spec.volumes[0].hostPath", volume({ hostPath: { path: "/" } })],
  ["spec.volumes[0].hostPath", volume({ hostPath: { path: "/var/run/docker.sock", type: "Socket" } })],
  ["spec.volumes[0].secret", volume({ secret: { secretName: "github-token" } })],
  ["spec.volumes[0].configMap", volume({ configMap: { name: "config" } })],
  [
    "spec.volumes[0].projected",
    volume({ projected: { sources: [{ serviceAccountToken: { path: "token", audience: "vault" } }] } }),
  ],
  ["spec.volumes[0].projected", volume({ projected: { sources: [{ secret: { name: "github-token" } }] } })],
  ["spec.volumes[0].csi", volume({ csi: { driver: "secrets-store.csi.k8s.io", readOnly: true } })],
  ["spec.volumes[0].persistentVolumeClaim", volume({ persistentVolumeClaim: { claimName: "cache" } })],
  ["spec.volumes[0].nfs", volume({ nfs: { server: "10.0.0.1", path: "/" } })],
  ["spec.volumes[0].iscsi", volume({ iscsi: { targetPortal: "10.0.0.1", iqn: "iqn.x", lun: 0 } })],
  ["spec.volumes[0].ephemeral", volume({ ephemeral: { volumeClaimTemplate: { spec: {} } } })],
  ["spec.volumes[0].gitRepo", volume({ gitRepo: { repository: "https://example.com/x" } })],
  [
    `${C}.env[0].valueFrom.secretKeyRef`,
    container({ env: [{ name: "T", valueFrom: { secretKeyRef: { name: "bot", key: "token" } } }] }),
  ],
  [
    `${C}.env[0].valueFrom.configMapKeyRef`,
    container({ env: [{ name: "T", valueFrom: { configMapKeyRef: { name: "config", key: "x" } } }] }),
  ],
  [`${C}.env[1].valueFrom.secretKeyRef`, { ...pod({}), labels: { "preset-token": "true" } }],
  [`${C}.envFrom[0]`, container({ envFrom: [{ secretRef: { name: "bot" } }] })],
  [`${C}.envFrom[0]`, container({ envFrom: [{ configMapRef: { name: "config" } }] })],
  [`${C}.securityContext.privileged`, context({ privileged: true })],
  [`${C}.securityContext.allowPrivilegeEscalation`, context({ allowPrivilegeEscalation: true })],
  [`${C}.securityContext.capabilities.add`, context({ capabilities: { add: ["SYS_ADMIN"] } })],
  [`${C}.securityContext.capabilities.add`, context({ capabilities: { add: ["ALL"] } })],
  [`${C}.securityContext.capabilities.add`, context({ capabilities: { add: ["CHOWN", "NET_RAW"] } })],
  [`${C}.securityContext.capabilities.add`, context({ capabilities: { add: ["CAP_SYS_PTRACE"] } })],
  [`${C}.securityContext.runAsUser`, context({ runAsUser: 0 })],
  [`${C}.securityContext.runAsGroup`, context({ runAsGroup: 0 })],
  [`${C}.securityContext.runAsNonRoot`, context({ runAsNonRoot: false })],
  [`${C}.securityContext.procMount`, context({ procMount: "Unmasked" })],
  [`${C}.securityContext.seccompProfile`, context({ seccompProfile: { type: "Unconfined" } })],
  [
    `${C}.securityContext.seccompProfile`,
    context({ seccompProfile: { type: "Localhost", localhostProfile: "x.json" } }),
  ],
  [`${C}.securityContext.appArmorProfile`, context({ appArmorProfile: { type: "Unconfined" } })],
  [`${C}.securityContext.seLinuxOptions`, context({ seLinuxOptions: { type: "spc_t" } })],
  [`${C}.securityContext.windowsOptions`, context({ windowsOptions: { hostProcess: true } })],
  ["spec.securityContext.runAsUser", podContext({ runAsUser: 0 })],
  ["spec.securityContext.runAsGroup", podContext({ runAsGroup: 0 })],
  ["spec.securityContext.fsGroup", podContext({ fsGroup: 0 })],
  ["spec.securityContext.runAsNonRoot", podContext({ runAsNonRoot: false })],
  ["spec.securityContext.supplementalGroups", podContext({ supplementalGroups: [5, 0] })],
  ["spec.securityContext.sysctls", podContext({ sysctls: [{ name: "kernel.msgmax", value: "1" }] })],
  ["spec.securityContext.seccompProfile", podContext({ seccompProfile: { type: "Unconfined" } })],
  ["spec.securityContext.appArmorProfile", podContext({ appArmorProfile: { type: "Unconfined" } })],
  ["spec.securityContext.seLinuxOptions", podContext({ seLinuxOptions: { user: "system_u" } })],
  ["spec.securityContext.windowsOptions", podContext({ windowsOptions: { hostProcess: true } })],
  [`${C}.ports[0].hostPort`, container({ ports: [{ containerPort: 80, hostPort: 80 }] })],
  [`${C}.ports[0].hostIP`, container({ ports: [{ containerPort: 80, hostIP: "127.0.0.1" }] })],
  [`${C}.volumeDevices[0]`, container({ volumeDevices: [{ name: "v", devicePath: "/dev/sda" }] })],
  [`${C}.resources.claims`, container({ resources: { claims: [{ name: "gpu" }] } })],
  [
    `${C}.livenessProbe.httpGet.host`,
    container({ livenessProbe: { httpGet: { host: "169.254.169.254", port: 80 } } }),
  ],
  [
    `${C}.lifecycle.postStart.httpGet.host`,
    container({ lifecycle: { postStart: { httpGet: { host: "127.0.0.1", port: 10250 } } } }),
  ],
  [
    `${C}.lifecycle.preStop.tcpSocket.host`,
    container({ lifecycle: { preStop: { tcpSocket: { host: "127.0.0.1", port: 22 } } } }),
  ],
  [
    `${C}.volumeMounts[0].name`,
    container({ volumeMounts: [{ name: "gcs-credentials", mountPath: "/stolen" }] }),
  ],
  [
    `${C}.volumeMounts[0].name`,
    {
      ...decorated({ ssh_key_secrets: ["ssh-key"] }),
      spec: { containers: [{ ...plain, volumeMounts: [{ name: "ssh-key", mountPath: "/stolen" }] }] },
    },
  ],
  [
    `${C}.volumeMounts[0].mountPropagation`,
    pod({
      volumes: [{ name: "v", emptyDir: {} }],
      containers: [
        { ...plain, volumeMounts: [{ name: "v", mountPath: "/v", mountPropagation: "Bidirectional" }] },
      ],
    }),
  ],
  [
    "spec.containers[1].securityContext.privileged",
    pod({
      containers: [
        { name: "a", ...plain },
        { name: "b", ...plain, securityContext: { privileged: true } },
      ],
    }),
  ],
  [
    "spec.initContainers[0].securityContext.privileged",
    pod({
      initContainers: [
        { name: "s", restartPolicy: "Always", ...plain, securityContext: { privileged: true } },
      ],
    }),
  ],
  ["decoration_config.gcs_credentials_secret", decorated({ gcs_credentials_secret: "release" })],
  ["decoration_config.s3_credentials_secret", decorated({ s3_credentials_secret: "release" })],
  ["decoration_config.default_service_account_name", decorated({ default_service_account_name: "deployer" })],
  ["decoration_config.ssh_key_secrets", decorated({ ssh_key_secrets: ["other"] })],
  ["decoration_config.cookiefile_secret", decorated({ cookiefile_secret: "cookies" })],
  ["decoration_config.oauth_token_secret", decorated({ oauth_token_secret: { name: "t", key: "k" } })],
  [
    "decoration_config.github_app_private_key_secret",
    decorated({
      github_app_id: "1",
      github_app_private_key_secret: { name: "app", key: "k" },
    }),
  ],
  ["decoration_config.github_api_endpoints", decorated({ github_api_endpoints: ["https://example.com"] })],
  ["decoration_config.utility_images", decorated({ utility_images: { sidecar: "evil" } })],
  ["decoration_config.gcs_configuration.bucket", decorated({ gcs_configuration: { bucket: "releases" } })],
  ["decoration_config.gcs_configuration.path_prefix", decorated({ gcs_configuration: { path_prefix: "x" } })],
  ["decoration_config.censor_secrets", decorated({ censor_secrets: false })],
  [
    "decoration_config.scheduling_options",
    decorated({ scheduling_options: { tolerations: [{ key: "x" }] } }),
  ],
  ["decoration_config.run_as_user", decorated({ run_as_user: 0 })],
  ["extra_refs[0]", pod({}, { extra_refs: [{ org: "acme", repo: "private", base_ref: "main" }] })],
  ["clone_uri", pod({}, { clone_uri: "https://example.com/x.git" })],
  [
    "annotations.container.apparmor.security.beta.kubernetes.io/test",
    pod({}, { annotations: { "container.apparmor.security.beta.kubernetes.io/test": "unconfined" } }),
  ],
  ["annotations.iam.amazonaws.com/role", pod({}, { annotations: { "iam.amazonaws.com/role": "admin" } })],
];

describe("what gives a pod more than a plain one has", () => {
  test.each(HOSTILE)("%s (%#)", (field, job) => {
    expect(told(job)).toContainEqual(
      expect.stringContaining(`job "mine" has ${field}, which no pull request may bring: `),
    );
  });

  test("there are many ways", () => expect(HOSTILE.length).toBeGreaterThanOrEqual(60));
});

describe("what a plain pod has", () => {
  const HARMLESS: [what: string, job: Fields][] = [
    ["what every job is given centrally", pod({})],
    [
      "limits, ports, commands",
      container({ resources: { limits: { cpu: "1" } }, ports: [{ containerPort: 80 }] }),
    ],
    ["a directory of its own", volume({ emptyDir: { medium: "Memory" } })],
    [
      "less than a plain one",
      context({ privileged: false, allowPrivilegeEscalation: false, runAsUser: 1000 }),
    ],
    ["capabilities of the runtime", context({ capabilities: { drop: ["ALL"], add: ["CHOWN"] } })],
    ["no token", pod({ automountServiceAccountToken: false, hostNetwork: false })],
    [
      "what it is",
      container({ env: [{ name: "POD", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } }] }),
    ],
    ["how long it runs", decorated({ timeout: "1h", skip_cloning: true, cookiefile_secret: "cookie" })],
    ["a probe of its own", container({ livenessProbe: { httpGet: { port: 80 } } })],
    ["no decoration", { spec: { containers: [plain] } }],
  ];
  test.each(HARMLESS)("%s", (_, job) => expect(told(job)).toEqual([]));
});

test("the place is told as of any other fault", () => {
  const text =
    "presubmits:\n- name: mine\n  spec:\n    containers:\n    - image: i\n      command: [run]\n      securityContext:\n        privileged: true\n";
  const { raised } = parseInRepoConfig([{ path: ".prow.yaml", text }], "acme/lib", config);
  expect(raised().flatMap(({ problems }) => problems.map(problemText))).toEqual([
    '.prow.yaml:8:9: error: job "mine" has spec.containers[0].securityContext.privileged, which no pull request may bring: a privileged container has the node (in_repo_config.pod_policy of the central configuration says what is allowed)',
  ]);
});

test("the policy of the repository, else of its org, else of all, else restricted", () => {
  expect(podPolicy(config, "acme/lib")).toBe("restricted");
  const mixed = central("in_repo_config: {pod_policy: {'*': prow, acme: restricted, acme/lib: prow}}\n");
  expect(["acme/lib", "acme/app", "other/app"].map((repo) => podPolicy(mixed, repo))).toEqual([
    "prow",
    "restricted",
    "prow",
  ]);
});
