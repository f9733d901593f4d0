// What is applied to a cluster fits together, and fits the program: flags, ports, names, labels, rights of processes.
import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { refuseAbsent, withoutEffect } from "../../src/cmd/wiring/prow-flags.ts";
import { parseFlags } from "../../src/lib/flags.ts";
import {
  additions,
  BESIDE_PROW,
  base,
  baseManifests,
  COMMANDS,
  type Container,
  components,
  expanded,
  kustomization,
  type Manifest,
  manifests,
  ofKind,
  root,
  type Workload,
  workloads,
} from "./manifests.ts";

const PASSWORD_FILE = "/etc/redis-password/password";

const named = <T extends Manifest>(list: T[]) => list.map((each) => [each.metadata.name, each] as const);
const byName = components.map((component) => [component.name, component] as const);

function flagsOf(name: string, argv: string[], container: Container) {
  const { flags } = COMMANDS[name]!;
  const parsed = parseFlags(flags, expanded(argv, container));
  refuseAbsent(flags, parsed.values);
  return { ...parsed, flags };
}

test("the base lists every file there is, and no object twice", () => {
  const files = readdirSync(base).filter((file) => file.endsWith(".yaml") && file !== "kustomization.yaml");
  expect(kustomization.resources?.toSorted()).toEqual(files.toSorted());
  const ids = manifests.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ""}/${metadata.name}`);
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
});

test("there are all components, hook and deck more than once", () => {
  expect(new Set(components.map(({ command }) => command))).toEqual(new Set(Object.keys(COMMANDS)));
  // Those with one have a volume that is one process' alone, or answer from what they alone have seen.
  const alone = byName.filter(([, { workload }]) => workload.spec.replicas === 1).map(([name]) => name);
  expect(alone.sort()).toEqual(["cherrypicker", "needs-rebase", "refresh", "tide", "tot"]);
});

describe.each(byName)("%s", (_, { container, command, argv, workload }) => {
  test("is started with flags that it has, each with an effect, and acts", () => {
    const { values, given, args, flags } = flagsOf(command, argv, container);
    expect(args).toEqual([]);
    expect(withoutEffect(flags, given)).toBeUndefined();
    // tot and ghproxy have nothing to hold back.
    if (command !== "tot" && command !== "ghproxy") expect(values["dry-run"]).toBe(false);
  });

  test("names its ports as its flags open them", () => {
    const { values } = flagsOf(command, argv, container);
    const opened = { health: values["health-port"], metrics: values["metrics-port"] };
    const pages = values["port"] === undefined || values["role"] === "worker" ? {} : { http: values["port"] };
    expect(Object.fromEntries(container.ports.map((port) => [port.name, port.containerPort]))).toEqual({
      ...opened,
      ...pages,
    });
  });

  test("is asked for its health where that is served", () => {
    expect(container.livenessProbe.httpGet).toEqual({ path: "/healthz", port: "health" });
    expect(container.startupProbe.httpGet).toEqual({ path: "/healthz", port: "health" });
    expect(container.readinessProbe.httpGet).toEqual({ path: "/healthz/ready", port: "health" });
  });

  test("finds every file that a flag names in a volume, and writes only to volumes of its own", () => {
    const { volumes } = workload.spec.template.spec;
    const claims = workload.spec.volumeClaimTemplates?.map(({ metadata }) => metadata.name) ?? [];
    const paths = argv.flatMap((word) => /^--[\w.-]+=(\/.*)$/.exec(word)?.[1] ?? []);
    const mountOf = (path: string) =>
      container.volumeMounts.find(({ mountPath }) => path === mountPath || path.startsWith(`${mountPath}/`));
    expect(paths.filter((path) => !mountOf(path))).toEqual([]);
    for (const { name, readOnly = false } of container.volumeMounts) {
      const volume = volumes.find((each) => each.name === name);
      expect({ name, readOnly }).toEqual({ name, readOnly: !volume?.emptyDir && !claims.includes(name) });
    }
  });

  test("elects a leader by a lease that its role names, when several replicas may not act at once", () => {
    const { values, flags } = flagsOf(command, argv, container);
    const roles = ofKind<Manifest & { rules: { resources: string[]; resourceNames?: string[] }[] }>("Role");
    const leases = roles
      .filter(({ metadata }) => metadata.name === command && metadata.namespace === "prow")
      .flatMap(({ rules }) => rules.filter(({ resources }) => resources.includes("leases")))
      .flatMap(({ resourceNames = [] }) => resourceNames);
    expect(leases).toEqual("leader-lease" in flags ? [values["leader-lease"]] : []);
  });

  test("is our image, without a tag, so that an overlay names the release", () => {
    expect(container.image).toBe("cutwater");
    expect(kustomization.images?.map(({ name }) => name)).toContain("cutwater");
  });
});

describe("Redis", () => {
  /** They write nothing of their own, and decide nothing. */
  const servants = ["tot", "ghproxy"];
  const working = components.filter(({ command }) => !servants.includes(command));
  const valuesOf = ({ command, argv, container }: (typeof components)[number]) =>
    flagsOf(command, argv, container).values as Record<string, string>;
  const base = baseManifests.find(({ kind, metadata }) => kind === "ConfigMap" && metadata.name === "redis");
  const settings = (base as Manifest & { data: Record<string, string> }).data["redis.conf"]!;

  test.each(working.map((each) => [each.name, each] as const))("%s has the record there", (_name, each) => {
    const { record, queue, ...values } = valuesOf(each);
    expect(record || queue).toBe("rediss://hook@redis:6379");
    expect(values[record ? "record-password-file" : "queue-password-file"]).toBe(PASSWORD_FILE);
  });

  const asking = working.filter(
    ({ command }) =>
      "github-share" in COMMANDS[command]!.flags &&
      withoutEffect(COMMANDS[command]!.flags, new Set(["github-share"])) === undefined,
  );
  test("those that ask GitHub are these", () => {
    const names = ["cherrypicker", "crier", "hook-gateway", "hook-worker", "needs-rebase", "refresh", "tide"];
    expect(asking.map(({ name }) => name).sort()).toEqual(names);
  });
  test.each(asking.map((each) => [each.name, each] as const))(
    "%s has GitHub's budget there",
    (_name, each) => {
      const { "github-share": share, queue, ...values } = valuesOf(each);
      expect(share || queue).toBe("rediss://hook@redis:6379");
      expect(values[share ? "github-share-password-file" : "queue-password-file"]).toBe(PASSWORD_FILE);
    },
  );

  test("has each change on disk, gives up none of them, and refuses before the container is killed", () => {
    const of = (name: string) => new RegExp(`^ *${name} (.*)$`, "m").exec(settings)?.[1];
    expect([of("appendonly"), of("appendfsync"), of("maxmemory-policy")]).toEqual([
      "yes",
      "always",
      "noeviction",
    ]);
    const [container] = workloads.find(({ metadata }) => metadata.name === "redis")!.spec.template.spec
      .containers;
    const limit = Number.parseInt(container!.resources.limits["memory"]!, 10) * 1024;
    expect(container!.resources.limits["memory"]).toMatch(/Gi$/);
    // What a rewrite of the file copies, and what clients' buffers take, is beside it.
    expect(Number.parseInt(of("maxmemory")!, 10)).toBeLessThan(0.7 * limit);
  });
});

test("a flag that no component has, or a value of the wrong kind, would be found", () => {
  const { container } = components[0]!;
  expect(() => flagsOf("deck", ["--no-such-flag"], container)).toThrow("unknown flag --no-such-flag");
  expect(() => flagsOf("deck", ["--port=http"], container)).toThrow("--port wants a whole number");
  expect(() => flagsOf("crier", ["--github-app-id=$(NOBODY)"], container)).toThrow("$(NOBODY)");
});

describe.each(named(workloads))("the pods of %s", (name, workload) => {
  const { template, selector } = workload.spec;
  const { containers, initContainers = [], securityContext, volumes, serviceAccountName } = template.spec;

  test("run as nobody of importance", () => {
    expect(securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } });
    expect(securityContext["runAsUser"]).toBeGreaterThan(0);
    for (const container of [...containers, ...initContainers]) {
      expect(container.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
      });
    }
  });

  test("say what they need", () => {
    for (const { resources } of containers) {
      expect(Object.keys(resources.requests).sort()).toEqual(["cpu", "memory"]);
      expect(resources.limits["memory"]).toMatch(/^\d+[MG]i$/);
    }
  });

  test("are found by their selector, and by no other one's", () => {
    expect(template.metadata.labels).toMatchObject(selector.matchLabels);
    const others = workloads.filter((other) => other !== workload && selects(other.spec.selector, template));
    expect(others.map(({ metadata }) => metadata.name)).toEqual([]);
    expect(template.metadata.labels["app.kubernetes.io/component"]).toBe(name);
  });

  test("have a service account of their own that exists", () => {
    expect(serviceAccountName).toBe(name);
    const accounts = ofKind("ServiceAccount").filter(({ metadata }) => metadata.namespace === "prow");
    expect(accounts.map(({ metadata }) => metadata.name)).toContain(serviceAccountName);
  });

  test("have every volume that they mount, and probes on ports that they have", () => {
    const claims = workload.spec.volumeClaimTemplates?.map(({ metadata }) => metadata.name) ?? [];
    const known = [...volumes.map((volume) => volume.name), ...claims];
    for (const { volumeMounts, ports, ...probes } of containers) {
      expect(volumeMounts.map((mount) => mount.name).filter((mount) => !known.includes(mount))).toEqual([]);
      for (const probe of [probes.livenessProbe, probes.startupProbe]) {
        const port = (probe.httpGet ?? probe.tcpSocket)?.port;
        expect(ports.map((each) => each.name)).toContain(port);
      }
    }
  });

  test("leave one at a time", () => {
    const budgets = ofKind<Workload>("PodDisruptionBudget").filter(({ spec }) =>
      selects(spec.selector, template),
    );
    expect(budgets.map(({ spec }) => (spec as object as { maxUnavailable: number }).maxUnavailable)).toEqual([
      1,
    ]);
  });
});

type Selector = Workload["spec"]["selector"];
type Template = Workload["spec"]["template"];

const selects = ({ matchLabels }: Selector, { metadata }: Template): boolean =>
  Object.entries(matchLabels).every(([key, value]) => metadata.labels[key] === value);

interface Service extends Manifest {
  spec: { selector: Record<string, string>; ports: { name: string; port: number; targetPort: string }[] };
}

test("every Service leads to one workload's port, and components are told addresses that exist", () => {
  const services = ofKind<Service>("Service");
  for (const { spec } of services) {
    const found = workloads.filter((workload) =>
      selects({ matchLabels: spec.selector }, workload.spec.template),
    );
    expect(found).toHaveLength(1);
    const ports = found[0]!.spec.template.spec.containers.flatMap((container) => container.ports);
    expect(ports.map(({ name }) => name)).toEqual(
      expect.arrayContaining(spec.ports.map(({ targetPort }) => targetPort)),
    );
  }
  const addresses = components.flatMap(({ argv }) =>
    argv.flatMap((word) => /^--[\w-]+=((?:http|rediss?):\/\/.*)$/.exec(word)?.[1] ?? []),
  );
  const open = services.flatMap(({ metadata, spec }) =>
    spec.ports.map(({ port }) => `${metadata.name}:${port}`),
  );
  expect(addresses.length).toBeGreaterThan(0);
  for (const address of addresses) {
    const { hostname, port } = new URL(address);
    expect(open).toContain(`${hostname}:${port || "80"}`);
  }
});

test("the Ingress leads webhooks to hook's path and everything else to deck", () => {
  const [ingress] = ofKind<Manifest & { spec: { rules: { http: { paths: Path[] } }[] } }>("Ingress");
  const paths = ingress!.spec.rules.flatMap(({ http }) => http.paths);
  const targets = Object.fromEntries(paths.map(({ path, backend }) => [path, backend.service.name]));
  const gateway = components.find(({ name }) => name === "hook-gateway")!;
  const { values } = flagsOf("hook", gateway.argv, gateway.container);
  expect(targets).toEqual({ [String(values["webhook-path"])]: "hook", "/": "deck" });
});

interface Path {
  path: string;
  backend: { service: { name: string } };
}

test("every object of ours has the recommended labels", () => {
  const bare = manifests.filter(
    ({ kind, metadata }) =>
      kind !== "CustomResourceDefinition" &&
      !(metadata.labels?.["app.kubernetes.io/name"] && metadata.labels["app.kubernetes.io/part-of"]),
  );
  expect(bare.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([]);
});

test("docs/deploy.md tells of every addition, and each is a component of kustomize", async () => {
  const { readFile } = await import("node:fs/promises");
  const guide = await readFile(`${root}/docs/deploy.md`, "utf8");
  const all = [...additions, BESIDE_PROW];
  expect(all.filter((name) => !guide.includes(`components/${name}`))).toEqual([]);
  for (const name of all)
    expect(await readFile(`${base}/components/${name}/kustomization.yaml`, "utf8")).toContain(
      "kind: Component",
    );
});

test("no Secret is contained, and docs/deploy.md tells of every Secret and ConfigMap that is to be made", async () => {
  const { readFile } = await import("node:fs/promises");
  expect(ofKind("Secret")).toEqual([]);
  const volumes = workloads.flatMap(({ spec }) => spec.template.spec.volumes);
  const variables = components.flatMap(({ container }) => container.env ?? []);
  const own = ofKind("ConfigMap").map(({ metadata }) => metadata.name);
  const needed = new Set([
    ...volumes.flatMap(({ secret, configMap }) => secret?.secretName ?? configMap?.name ?? []),
    ...variables.flatMap(({ valueFrom }) => valueFrom?.secretKeyRef.name ?? []),
  ]);
  const guide = await readFile(`${root}/docs/deploy.md`, "utf8");
  const untold = [...needed].filter((name) => !own.includes(name) && !guide.includes(`\`${name}\``));
  expect(untold).toEqual([]);
});
