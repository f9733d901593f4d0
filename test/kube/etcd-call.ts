// A call of etcd's JSON gateway.

/** Rejects when etcd refuses it. */
export async function etcdCall<T>(etcd: string, path: string, body: object): Promise<T> {
  const response = await fetch(`${etcd}/v3/kv/${path}`, { method: "POST", body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`etcd ${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}
