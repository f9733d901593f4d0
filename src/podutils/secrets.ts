// Reads the secrets that were mounted into the test's containers, to keep them out of logs and artifacts.
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { mountedFiles } from "./mounted-files.ts";

/** Rejects when one cannot be read: then nothing can be said to be free of it. */
export async function loadSecrets(directories: string[], iniFilenames: string[] = []): Promise<Buffer[]> {
  const files = (await Promise.all(directories.map(mountedFiles))).flat();
  const secrets = await Promise.all(
    files.map(async (file) => {
      const content = await readFile(file);
      return [
        content,
        ...parts(basename(file), content.toString(), iniFilenames).map((part) => Buffer.from(part)),
      ];
    }),
  );
  return secrets.flat();
}

/** The secret values inside a file of known format. Throws when it has another. */
function parts(name: string, content: string, iniFilenames: string[]): string[] {
  if (name === ".dockercfg") return registryLogins(JSON.parse(content));
  if (name === ".dockerconfigjson") return registryLogins((JSON.parse(content) as { auths?: unknown }).auths);
  return iniFilenames.includes(name) ? iniValues(content) : [];
}

function registryLogins(auths: unknown): string[] {
  const entries = Object.values((auths ?? {}) as Record<string, { auth?: string; password?: string } | null>);
  return entries
    .flatMap((entry) => [entry?.auth, entry?.password])
    .filter((value) => typeof value === "string");
}

function iniValues(content: string): string[] {
  return content.split(/\r?\n/).flatMap((line) => {
    const value = /^\s*[^#;[=:\s][^=:]*[=:]\s*(.*?)\s*$/.exec(line)?.[1];
    return value ? [value.replace(/^(["'`])(.*)\1$/s, "$2")] : [];
  });
}
