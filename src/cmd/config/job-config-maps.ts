// How large the ConfigMaps with the jobs are, by Prow's name: Kubernetes takes no larger ones than 1 MiB.
import { type Dirent, existsSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { Gauge, type Registry } from "prom-client";
import { errorText } from "../../lib/error-text.ts";
import type { Logger } from "../../lib/logger.ts";

/** Where the kubelet keeps a mounted ConfigMap's files; what stands beside it are links to them. */
const DATA = "..data";

/** `path`: one mounted ConfigMap, or a directory of several; read when the metrics are. */
export function jobConfigMapSizes(path: string, registry: Registry, log: Logger): void {
  const gauge = new Gauge({
    name: "job_configmap_size",
    help: "Size of ConfigMap storing central job configuration files (gzipped) in bytes.",
    labelNames: ["name"],
    registers: [registry],
    async collect() {
      gauge.reset();
      try {
        for (const directory of await mounted(path)) {
          gauge.set({ name: directory }, await size(join(directory, DATA)));
        }
      } catch (error) {
        log.debug({ path, error: errorText(error) }, "The size of the job ConfigMaps cannot be told.");
      }
    },
  });
}

const isMounted = (directory: string): boolean => existsSync(join(directory, DATA));

async function mounted(path: string): Promise<string[]> {
  if (isMounted(path)) return [path];
  const children = await readdir(path, { withFileTypes: true });
  return children
    .filter((child) => child.isDirectory())
    .map(({ name }) => join(path, name))
    .filter(isMounted)
    .sort();
}

async function size(directory: string): Promise<number> {
  const files = await readdir(directory, { withFileTypes: true });
  const sizes = files.filter((file: Dirent) => file.isFile()).map(({ name }) => stat(join(directory, name)));
  return (await Promise.all(sizes)).reduce((sum, { size: bytes }) => sum + bytes, 0);
}
