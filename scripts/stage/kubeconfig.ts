// A kubeconfig with one cluster, for components as processes of their own.

/** Both as a kubeconfig has them. The text is JSON, which is YAML. */
export const kubeconfig = (cluster: { server: string; [field: string]: unknown }, user: object): string =>
  JSON.stringify({
    ...{ apiVersion: "v1", kind: "Config", "current-context": "default" },
    clusters: [{ name: "default", cluster }],
    users: [{ name: "default", user }],
    contexts: [{ name: "default", context: { cluster: "default", user: "default" } }],
  });
