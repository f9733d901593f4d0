// Keeps the mark of the queue's memory in a ConfigMap beside the ProwJobs: Redis may be gone, the cluster is not with it.
import { lookingAgain } from "../kube/error.ts";
import type { Kube } from "../kube/port.ts";
import { CONFIG_MAP, type ConfigMap } from "../model/config-map.ts";
import { type Mark, parseMark } from "./memory-mark.ts";

export interface Marks {
  read(): Promise<Mark | undefined>;
  /** Keeps what `next` makes of the present mark, which may be none, and resolves with it. Rejects with KubeError. */
  change(next: (mark: Mark | undefined) => Mark): Promise<Mark>;
}

/** For a queue in a file: it has one process, and a new file is a new installation. */
export function memoryMarks(): Marks {
  let mark: Mark | undefined;
  return {
    read: async () => mark,
    change: async (next) => {
      mark = next(mark);
      return mark;
    },
  };
}

const NAME = "cutwater-queue";
const KEY = "webhooks";

/** Needs create, get and update of ConfigMaps, as Prow's own Role for hook allows. */
export function configMapMarks({ read, write }: Kube, namespace: () => string): Marks {
  async function once(next: (mark: Mark | undefined) => Mark): Promise<Mark> {
    const place = { namespace: namespace(), name: NAME };
    const found = await read.get(CONFIG_MAP, place.namespace, place.name);
    const mark = next(parseMark(found?.data?.[KEY] ?? ""));
    const data = { ...found?.data, [KEY]: JSON.stringify(mark) };
    const kept: ConfigMap = {
      ...{ apiVersion: "v1", kind: "ConfigMap", ...found, data },
      metadata: { ...found?.metadata, ...place },
    };
    await (found ? write.replace(CONFIG_MAP, kept) : write.create(CONFIG_MAP, kept));
    return mark;
  }

  return {
    async read() {
      const found = await read.get(CONFIG_MAP, namespace(), NAME);
      return parseMark(found?.data?.[KEY] ?? "");
    },
    change: (next) => lookingAgain(() => once(next)),
  };
}
