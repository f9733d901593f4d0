// The volumes that decoration adds to a pod, and where they are mounted.
import type { DecorationConfig } from "../model/decoration-config.ts";
import type { Volume, VolumeMount } from "../model/pod.ts";

export const LOGS: VolumeMount = { name: "logs", mountPath: "/logs" };
export const TOOLS: VolumeMount = { name: "tools", mountPath: "/tools" };
export const CODE: VolumeMount = { name: "code", mountPath: "/home/prow/go" };
export const GCS: VolumeMount = { name: "gcs-credentials", mountPath: "/secrets/gcs" };
export const S3: VolumeMount = { name: "s3-credentials", mountPath: "/secrets/s3-storage" };

/** Readable by the owner alone: 0400, which JSON can only say in decimal. */
const OWNER_READS = 0o400;

interface Mounted {
  volume: Volume;
  mount: VolumeMount;
}

export const emptyDir = ({ name }: VolumeMount): Volume => ({ name, emptyDir: {} });

/** Credentials for the upload. */
export function uploadVolumes(decoration: DecorationConfig): Mounted[] {
  const secret = (mount: VolumeMount, secretName?: string): Mounted[] =>
    secretName ? [{ mount, volume: { name: mount.name, secret: { secretName } } }] : [];
  return [...secret(GCS, decoration.gcs_credentials_secret), ...secret(S3, decoration.s3_credentials_secret)];
}

/** What clonerefs needs to reach private repositories: volumes, mounts and the paths of the files in them. */
export interface CloneSecrets {
  volumes: Volume[];
  mounts: VolumeMount[];
  keyFiles: string[];
  oauthTokenFile?: string;
  appKeyFile?: string;
  cookieFile?: string;
}

export function cloneSecrets(decoration: DecorationConfig): CloneSecrets {
  const keys = (decoration.ssh_key_secrets ?? []).map(sshKey);
  const oauth = decoration.oauth_token_secret && keyFile(decoration.oauth_token_secret, "/secrets/oauth");
  const app =
    decoration.github_app_private_key_secret &&
    keyFile(decoration.github_app_private_key_secret, "/secrets/github-app");
  const temporary: VolumeMount = { name: "clonerefs-tmp", mountPath: "/tmp" };
  const cookie = decoration.cookiefile_secret ? cookieFile(decoration.cookiefile_secret) : undefined;
  const parts: Mounted[] = [
    ...keys,
    ...(oauth ? [oauth] : []),
    ...(app ? [app] : []),
    { mount: temporary, volume: emptyDir(temporary) },
    ...(cookie ? [cookie] : []),
  ];
  return {
    volumes: parts.map((part) => part.volume),
    mounts: parts.map((part) => part.mount),
    keyFiles: keys.map((key) => key.mount.mountPath),
    oauthTokenFile: oauth?.path,
    appKeyFile: app?.path,
    cookieFile: cookie?.path,
  };
}

function sshKey(secretName: string): Mounted {
  const name = `ssh-keys-${secretName}`;
  return {
    volume: { name, secret: { secretName, defaultMode: OWNER_READS } },
    mount: { name, mountPath: `/secrets/ssh/${secretName}`, readOnly: true },
  };
}

function keyFile({ name = "", key = "" }: { name?: string; key?: string }, mountPath: string) {
  return {
    volume: { name, secret: { secretName: name, items: [{ key, path: `./${key}` }] } },
    mount: { name, mountPath, readOnly: true },
    path: `${mountPath}/${key}`,
  };
}

/** `secret` or `secret/key`; the key defaults to the secret's name. */
function cookieFile(text: string) {
  const slash = text.indexOf("/");
  const secretName = slash < 0 ? text : text.slice(0, slash);
  const name = "cookiefile";
  const mountPath = "/secrets/cookiefile";
  return {
    volume: { name, secret: { secretName, defaultMode: OWNER_READS } },
    mount: { name, mountPath, readOnly: true },
    path: `${mountPath}/${slash < 0 ? text : text.slice(slash + 1)}`,
  };
}
