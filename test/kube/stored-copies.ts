// Many objects at once, put into etcd as kube-apiserver stores them: through the server 100,000 take six minutes.
import { randomUUID } from "node:crypto";
import { sideBySide } from "../../src/lib/waiting/side-by-side.ts";
import type { Kind, KubeObject } from "../../src/model/kube-object.ts";
import { etcdCall } from "./etcd-call.ts";

const AT_ONCE = 50;

const base64 = (text: string): string => Buffer.from(text).toString("base64");

/** `first` is one that the server has made; the others differ in what they say. Returns each one's version. */
export async function storeCopies<T extends KubeObject>(
  etcd: string,
  kind: Kind<T>,
  first: T,
  others: readonly T[],
): Promise<Map<string, string>> {
  const keyOf = ({ metadata: { namespace, name } }: KubeObject) =>
    base64(`/registry/${kind.group}/${kind.plural}/${namespace}/${name}`);
  const { kvs } = await etcdCall<{ kvs: { value: string }[] }>(etcd, "range", { key: keyOf(first) });
  const stored = JSON.parse(Buffer.from(kvs[0]!.value, "base64").toString("utf8")) as T;
  const copyOf = (other: T): T => ({
    ...stored,
    ...other,
    metadata: { ...stored.metadata, ...other.metadata, uid: randomUUID() },
  });
  const versions = new Map<string, string>();
  // One by one: the server counts on no two objects having the same version.
  await sideBySide(others, AT_ONCE, async (other) => {
    const put = { key: keyOf(other), value: base64(`${JSON.stringify(copyOf(other))}\n`) };
    const { header } = await etcdCall<{ header: { revision: string } }>(etcd, "put", put);
    versions.set(other.metadata.name, header.revision);
  });
  return versions;
}
