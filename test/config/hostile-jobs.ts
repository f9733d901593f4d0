// Jobs as a hostile pull request would bring them, each with the field that is refused, and jobs that are let through.
import type { Config } from "../../src/config/config.ts";
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

/** `plank` is a line of that section. */
export function central(more = "", plank = "max_revivals: 3"): Config {
  const text = `${CENTRAL}${more}`.replace("plank:\n", `plank:\n  ${plank}\n`);
  const { config, problems } = load({ config: text });
  if (!config) throw new Error(problems.map(problemText).join("\n"));
  return config;
}
export type Fields = Record<string, unknown>;

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
export const HOSTILE: [field: string, job: Fields][] = [
  ...["cookiefile", "ssh-keys-deploy", "github-app", "clonerefs-tmp"].map((name): [string, Fields] => [
    "spec.initContainers[0].volumeMounts[0].name",
    pod({
      initContainers: [
        { ...plain, name: "thief", restartPolicy: "Always", volumeMounts: [{ name, mountPath: "/x" }] },
      ],
    }),
  ]),
  ["spec.hostAliases", pod({ hostAliases: [{ ip: "203.0.113.7", hostnames: ["ghproxy"] }] })],
  ["spec.dnsConfig", pod({ dnsConfig: { nameservers: ["203.0.113.7"] } })],
  ["spec.hostname", pod({ hostname: "ghproxy" })],
  ["spec.subdomain", pod({ subdomain: "ghproxy" })],
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
  ["spec.schedulingGates", pod({ schedulingGates: [{ name: "held" }] })],
  ["spec.ephemeralContainers", pod({ ephemeralContainers: [{ name: "debug", image: "i" }] })],
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
  [
    "spec.volumes[0].projected",
    volume({ projected: { sources: [{ clusterTrustBundle: { name: "x", path: "ca" } }] } }),
  ],
  ["spec.volumes[0].image", volume({ image: { reference: "private" } })],
  ["spec.volumes[0].nfs", volume({ nfs: { server: "10.0.0.1", path: "/" } })],
  [
    "spec.volumes[0].iscsi",
    volume({ iscsi: { targetPortal: "10.0.0.1", iqn: "iqn.2001-04.com.example:disk", lun: 0 } }),
  ],
  ["spec.volumes[0].fc", volume({ fc: { targetWWNs: ["50060e801049cfd1"], lun: 0 } })],
  ["spec.volumes[0].rbd", volume({ rbd: { monitors: ["10.0.0.1:6789"], image: "i" } })],
  ["spec.volumes[0].cephfs", volume({ cephfs: { monitors: ["10.0.0.1:6789"] } })],
  ["spec.volumes[0].glusterfs", volume({ glusterfs: { endpoints: "e", path: "p" } })],
  ["spec.volumes[0].azureFile", volume({ azureFile: { secretName: "s", shareName: "x" } })],
  ["spec.volumes[0].azureDisk", volume({ azureDisk: { diskName: "d", diskURI: "/subscriptions/x" } })],
  ["spec.volumes[0].flexVolume", volume({ flexVolume: { driver: "k8s.io/any" } })],
  ["spec.volumes[0].cinder", volume({ cinder: { volumeID: "v" } })],
  ["spec.volumes[0].awsElasticBlockStore", volume({ awsElasticBlockStore: { volumeID: "vol-1" } })],
  ["spec.volumes[0].gcePersistentDisk", volume({ gcePersistentDisk: { pdName: "d" } })],
  ["spec.volumes[0].vsphereVolume", volume({ vsphereVolume: { volumePath: "[d] x.vmdk" } })],
  ["spec.volumes[0].portworxVolume", volume({ portworxVolume: { volumeID: "v" } })],
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
  [`${C}.securityContext.capabilities.add`, context({ capabilities: { add: ["NET_ADMIN"] } })],
  [`${C}.securityContext.capabilities.add`, context({ capabilities: { add: ["SYS_MODULE", "BPF"] } })],
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
  [
    "annotations.vault.hashicorp.com/agent-inject",
    pod({}, { annotations: { "vault.hashicorp.com/agent-inject": "true" } }),
  ],
  [
    "annotations.io.kubernetes.cri-o.Devices",
    pod({}, { annotations: { "io.kubernetes.cri-o.Devices": "/dev/kvm" } }),
  ],
  [
    "labels.app.kubernetes.io/component",
    pod({}, { labels: { "app.kubernetes.io/component": "hook-gateway" } }),
  ],
  ["annotations.iam.amazonaws.com/role", pod({}, { annotations: { "iam.amazonaws.com/role": "admin" } })],
];

export const HARMLESS: [what: string, job: Fields][] = [
  ["what every job is given centrally", pod({})],
  [
    "limits, ports, commands",
    container({ resources: { limits: { cpu: "1" } }, ports: [{ containerPort: 80 }] }),
  ],
  ["a directory of its own", volume({ emptyDir: { medium: "Memory" } })],
  ["less than a plain one", context({ privileged: false, allowPrivilegeEscalation: false, runAsUser: 1000 })],
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
