// A job's pod spec as Kubernetes types it: scalars become the strings that Go makes of them, quantities canonical.
// What Cutwater neither reads nor converts passes through as it is.
import { quantity } from "../lib/quantity.ts";
import { any, boolean, count, flag, integer, list, map, object, type Schema, string } from "../lib/schema.ts";
import { resourcesSchema } from "../model/decoration-config.ts";
import type { Container, EnvVar, PodSpec, Volume, VolumeMount } from "../model/pod.ts";

const keyed = { name: string(), optional: boolean() };
const keyToPath = object({ key: string(), path: string(), mode: integer() });
const resourceList = map(quantity());

const resourceFieldFields = object({ containerName: string(), resource: string(), divisor: quantity() });
/** The divisor is a value, not a pointer, in Kubernetes' types: unset it is written as 0. */
const resourceFieldRef: Schema<object> = {
  ...resourceFieldFields,
  decode(value, path, report) {
    const decoded = resourceFieldFields.decode(value, path, report);
    return decoded && { divisor: "0", ...decoded };
  },
};

export const envVarSchema = object({
  name: string(),
  value: string(),
  valueFrom: object({
    fieldRef: any(),
    resourceFieldRef,
    configMapKeyRef: object({ ...keyed, key: string() }),
    secretKeyRef: object({ ...keyed, key: string() }),
    fileKeyRef: any(),
  }),
}) as unknown as Schema<EnvVar>;

export const volumeMountSchema = object({
  name: string(),
  readOnly: flag(),
  recursiveReadOnly: string(),
  mountPath: string(),
  subPath: string(),
  mountPropagation: string(),
  subPathExpr: string(),
}) as unknown as Schema<VolumeMount>;

const probe = object({
  exec: object({ command: list(string()) }),
  httpGet: any(),
  tcpSocket: any(),
  grpc: any(),
  initialDelaySeconds: count(),
  timeoutSeconds: count(),
  periodSeconds: count(),
  successThreshold: count(),
  failureThreshold: count(),
  terminationGracePeriodSeconds: integer(),
});

const containerFields = object({
  name: string(),
  image: string(),
  command: list(string()),
  args: list(string()),
  workingDir: string(),
  ports: any(),
  envFrom: list(object({ prefix: string(), configMapRef: object(keyed), secretRef: object(keyed) })),
  env: list(envVarSchema),
  resources: resourcesSchema,
  resizePolicy: any(),
  restartPolicy: string(),
  restartPolicyRules: any(),
  volumeMounts: list(volumeMountSchema),
  volumeDevices: any(),
  livenessProbe: probe,
  readinessProbe: probe,
  startupProbe: probe,
  lifecycle: any(),
  terminationMessagePath: string(),
  terminationMessagePolicy: string(),
  imagePullPolicy: string(),
  securityContext: any(),
  stdin: flag(),
  stdinOnce: flag(),
  tty: flag(),
}) as unknown as Schema<Container>;
/** The name is always written, if need be empty: the ProwJob resource requires it, a job need not have it. */
const containerSchema: Schema<Container> = {
  ...containerFields,
  decode(value, path, report) {
    const decoded = containerFields.decode(value, path, report);
    return decoded && { ...decoded, name: decoded.name ?? "" };
  },
};

const emptyDir = object({ medium: string(), sizeLimit: quantity() });

const claimSpec = object({
  accessModes: list(string()),
  selector: any(),
  resources: resourcesSchema,
  volumeName: string(),
  storageClassName: string(),
  volumeMode: string(),
  dataSource: any(),
  dataSourceRef: any(),
  volumeAttributesClassName: string(),
});

const otherVolumes = [
  "gcePersistentDisk awsElasticBlockStore gitRepo nfs iscsi glusterfs rbd flexVolume cinder",
  "cephfs flocker downwardAPI fc azureFile vsphereVolume quobyte azureDisk photonPersistentDisk portworxVolume",
  "scaleIO storageos csi image",
].flatMap((line) => line.split(" "));

export const volumeSchema = object({
  name: string(),
  hostPath: object({ path: string(), type: string() }),
  emptyDir,
  secret: object({
    secretName: string(),
    items: list(keyToPath),
    defaultMode: integer(),
    optional: boolean(),
  }),
  configMap: object({ ...keyed, items: list(keyToPath), defaultMode: integer() }),
  projected: any(),
  ephemeral: object({ volumeClaimTemplate: object({ metadata: any(), spec: claimSpec }) }),
  persistentVolumeClaim: object({ claimName: string(), readOnly: flag() }),
  ...Object.fromEntries(otherVolumes.map((name) => [name, any()])),
}) as unknown as Schema<Volume>;

export const tolerationSchema = object({
  key: string(),
  operator: string(),
  value: string(),
  effect: string(),
  tolerationSeconds: integer(),
});

export const podSpecSchema = object({
  volumes: list(volumeSchema),
  initContainers: list(containerSchema),
  containers: list(containerSchema),
  ephemeralContainers: any(),
  restartPolicy: string(),
  terminationGracePeriodSeconds: integer(),
  activeDeadlineSeconds: integer(),
  dnsPolicy: string(),
  nodeSelector: map(string()),
  serviceAccountName: string(),
  serviceAccount: string(),
  automountServiceAccountToken: boolean(),
  nodeName: string(),
  hostNetwork: flag(),
  hostPID: flag(),
  hostIPC: flag(),
  shareProcessNamespace: boolean(),
  securityContext: any(),
  imagePullSecrets: list(object({ name: string() })),
  hostname: string(),
  subdomain: string(),
  affinity: any(),
  schedulerName: string(),
  tolerations: list(tolerationSchema),
  hostAliases: any(),
  priorityClassName: string(),
  priority: integer(),
  dnsConfig: any(),
  readinessGates: any(),
  runtimeClassName: string(),
  enableServiceLinks: boolean(),
  preemptionPolicy: string(),
  overhead: resourceList,
  topologySpreadConstraints: any(),
  setHostnameAsFQDN: boolean(),
  os: any(),
  hostUsers: boolean(),
  schedulingGates: any(),
  resourceClaims: any(),
  resources: resourcesSchema,
  hostnameOverride: string(),
  workloadRef: any(),
}) as unknown as Schema<PodSpec>;
