// A container's environment: only what the pod says, and the little that every program needs.
import type { Container } from "../../model/pod.ts";
import { expand } from "./expand.ts";
import { type Files, type Lookups, MissingError } from "./lookups.ts";
import { rewriteValue } from "./mounts.ts";

interface KeyRef {
  name?: string;
  key: string;
  optional?: boolean;
}
interface ValueFrom {
  secretKeyRef?: KeyRef;
  configMapKeyRef?: KeyRef;
  fieldRef?: { fieldPath: string };
}
interface EnvFrom {
  prefix?: string;
  secretRef?: { name?: string; optional?: boolean };
  configMapRef?: { name?: string; optional?: boolean };
}

/**
 * `base` is there before, and is of this machine: only in what the container says itself are paths rewritten, before
 * references are resolved. Later entries win and may refer to earlier ones. Throws MissingError.
 */
export async function containerEnv(
  container: Container,
  base: Record<string, string>,
  from: Lookups,
  rewrite: (text: string) => string,
): Promise<Record<string, string>> {
  const env = { ...base };
  for (const { prefix = "", secretRef, configMapRef } of (container.envFrom ?? []) as EnvFrom[]) {
    const files: Files = {
      ...(configMapRef && (await from.configMap(configMapRef.name ?? "", configMapRef.optional))),
      ...(secretRef && (await from.secret(secretRef.name ?? "", secretRef.optional))),
    };
    for (const [key, value] of Object.entries(files)) {
      env[prefix + key] = rewriteValue(prefix + key, value.toString(), rewrite);
    }
  }
  for (const { name, value, valueFrom } of container.env ?? []) {
    const said = valueFrom ? await referred(valueFrom as ValueFrom, from) : (value ?? "");
    if (said === undefined) continue;
    const rewritten = rewriteValue(name, said, rewrite);
    env[name] = valueFrom ? rewritten : expand(rewritten, env);
  }
  return env;
}

async function referred(source: ValueFrom, from: Lookups): Promise<string | undefined> {
  if (source.fieldRef) return from.field(source.fieldRef.fieldPath);
  const { secretKeyRef, configMapKeyRef } = source;
  const ref = secretKeyRef ?? configMapKeyRef;
  if (!ref) throw new MissingError(`unsupported valueFrom ${Object.keys(source).join(", ")}`);
  const name = ref.name ?? "";
  const files = secretKeyRef
    ? await from.secret(name, ref.optional)
    : await from.configMap(name, ref.optional);
  const value = files[ref.key];
  if (value === undefined && !ref.optional) {
    throw new MissingError(
      `couldn't find key ${ref.key} in ${secretKeyRef ? "Secret" : "ConfigMap"} ${name}`,
    );
  }
  return value?.toString();
}
