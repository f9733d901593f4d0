// Tests are strangers' code: what the network policies let them reach, worked out as a network plugin would.
import { BlockList, isIPv6 } from "node:net";
import { describe, expect, test } from "vitest";
import { baseManifests, type Manifest, ofKind, type Rule, type Workload, workloads } from "./manifests.ts";

interface Selector {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: "In" | "NotIn"; values: string[] }[];
}

interface Peer {
  podSelector?: Selector;
  namespaceSelector?: Selector;
  ipBlock?: { cidr: string; except?: string[] };
}

interface Policy extends Manifest {
  spec: {
    podSelector: Selector;
    policyTypes: string[];
    ingress?: { from?: Peer[]; ports: { port: string | number }[] }[];
    egress?: { to?: Peer[]; ports?: { port: number }[] }[];
  };
}

interface Pod {
  namespace: string;
  labels: Record<string, string>;
}

const policies = ofKind<Policy>("NetworkPolicy");

function matches(
  { matchLabels = {}, matchExpressions = [] }: Selector,
  labels: Record<string, string>,
): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(
      ({ key, operator, values }) => values.includes(labels[key] ?? "") === (operator === "In"),
    )
  );
}

const namespaceLabels = (name: string) => ({ "kubernetes.io/metadata.name": name });

function isPeer(peer: Peer, pod: Pod, policyNamespace: string): boolean {
  if (peer.ipBlock) return false;
  const inNamespace = peer.namespaceSelector
    ? matches(peer.namespaceSelector, namespaceLabels(pod.namespace))
    : pod.namespace === policyNamespace;
  return inNamespace && (!peer.podSelector || matches(peer.podSelector, pod.labels));
}

const about = (pod: Pod, type: string) =>
  policies.filter(
    ({ metadata, spec }) =>
      metadata.namespace === pod.namespace &&
      spec.policyTypes.includes(type) &&
      matches(spec.podSelector, pod.labels),
  );

/** Whether `to` lets `from` in at the port. */
function letsIn(from: Pod, to: Pod, port: string): boolean {
  const relevant = about(to, "Ingress");
  return (
    relevant.length === 0 ||
    relevant.some(({ metadata, spec }) =>
      (spec.ingress ?? []).some(
        ({ from: peers, ports }) =>
          ports.some((each) => each.port === port) &&
          (!peers || peers.some((peer) => isPeer(peer, from, metadata.namespace!))),
      ),
    )
  );
}

function within(address: string, cidr: string): boolean {
  const [base, bits] = cidr.split("/") as [string, string];
  if (isIPv6(address) !== isIPv6(base)) return false;
  const list = new BlockList();
  list.addSubnet(base, Number(bits), isIPv6(base) ? "ipv6" : "ipv4");
  return list.check(address, isIPv6(address) ? "ipv6" : "ipv4");
}

/** Whether `from` may connect to an address. Pods' addresses are private. */
function goesOut(from: Pod, address: string, port: number): boolean {
  const relevant = about(from, "Egress");
  return (
    relevant.length === 0 ||
    relevant.some(({ spec }) =>
      (spec.egress ?? []).some(
        ({ to, ports }) =>
          (!ports || ports.some((each) => each.port === port)) &&
          (!to ||
            to.some(
              ({ ipBlock }) =>
                ipBlock &&
                within(address, ipBlock.cidr) &&
                !(ipBlock.except ?? []).some((cidr) => within(address, cidr)),
            )),
      ),
    )
  );
}

const component = (name: string): Pod => ({
  namespace: "prow",
  labels: workloads.find(({ metadata }) => metadata.name === name)!.spec.template.metadata.labels,
});
const testPod: Pod = { namespace: "test-pods", labels: { "created-by-prow": "true" } };
/** A test that dresses up; a namespace's labels are not its to choose. */
const disguised: Pod = { namespace: "test-pods", labels: component("hook-worker").labels };
const ingressController: Pod = { namespace: "ingress-nginx", labels: {} };
const prometheus: Pod = { namespace: "monitoring", labels: {} };

describe.each([
  ["a test", testPod],
  ["a test with a component's labels", disguised],
])("%s", (_, pod) => {
  test.each(workloads.map((each): [string, Workload] => [each.metadata.name, each]))(
    "is let in by no port of %s",
    (name, { spec }) => {
      const ports = spec.template.spec.containers.flatMap((container) => container.ports);
      expect(ports.length).toBeGreaterThan(0);
      expect(ports.filter((port) => letsIn(pod, component(name), port.name))).toEqual([]);
    },
  );

  test.each([
    ["10.0.0.1", "the API server's Service, pods"],
    ["10.96.0.1", "the API server's Service"],
    ["172.20.0.1", "the API server's Service on EKS"],
    ["192.168.49.2", "a node"],
    ["100.64.1.1", "pods on EKS"],
    ["169.254.169.254", "the cloud's metadata"],
    ["169.254.170.2", "credentials of tasks on AWS"],
    ["168.63.129.16", "Azure's WireServer, which gives out credentials"],
    ["192.0.0.192", "the cloud's metadata on Oracle's"],
    ["127.0.0.1", "itself by a node's name"],
    ["fd00:ec2::254", "the cloud's metadata"],
    ["fe80::a9fe:a9fe", "a link's neighbours"],
    ["64:ff9b::a9fe:a9fe", "the cloud's metadata through NAT64"],
  ])("does not get to %s (%s)", (address) => {
    expect([80, 443, 6379, 6443, 8888].filter((port) => goesOut(pod, address, port))).toEqual([]);
  });

  test("reaches the internet, and nobody reaches it", () => {
    expect(goesOut(pod, "140.82.112.3", 443)).toBe(true);
    expect(goesOut(pod, "168.63.129.17", 443)).toBe(true);
    expect(goesOut(pod, "2606:50c0:8000::153", 443)).toBe(true);
    expect(letsIn(testPod, pod, "http")).toBe(false);
    expect(letsIn(component("plank"), pod, "http")).toBe(false);
  });
});

test("what belongs together is let through", () => {
  expect(letsIn(ingressController, component("hook-gateway"), "http")).toBe(true);
  expect(letsIn(ingressController, component("deck"), "http")).toBe(true);
  expect(letsIn(component("deck"), component("hook-gateway"), "http")).toBe(true);
  expect(letsIn(component("deck"), component("tide"), "http")).toBe(true);
  expect(letsIn(prometheus, component("plank"), "metrics")).toBe(true);
  for (const role of ["hook-gateway", "hook-worker"])
    expect(letsIn(component(role), component("redis"), "redis")).toBe(true);
});

test("ghproxy is for what runs beside it", () => {
  expect(letsIn({ namespace: "prow", labels: { app: "label-sync" } }, component("ghproxy"), "http")).toBe(
    true,
  );
  expect(letsIn(ingressController, component("ghproxy"), "http")).toBe(false);
});

test("tot is for plank, external plugins are for hook", () => {
  expect(letsIn(component("plank"), component("tot"), "http")).toBe(true);
  for (const other of ["deck", "hook-worker", "crier"])
    expect(letsIn(component(other), component("tot"), "http")).toBe(false);
  for (const plugin of ["cherrypicker", "needs-rebase", "refresh"]) {
    for (const role of ["hook-gateway", "hook-worker"])
      expect(letsIn(component(role), component(plugin), "http")).toBe(true);
    expect(letsIn(ingressController, component(plugin), "http")).toBe(false);
  }
  expect(letsIn(component("refresh"), component("deck"), "http")).toBe(true);
});

test("Redis is for those that are told where it is, and goes nowhere", () => {
  const redis = component("redis");
  const told = workloads.filter(({ spec }) =>
    spec.template.spec.containers[0]!.args.some((word) => /^--[\w-]+=.*\bredis:6379$/.test(word)),
  );
  expect(told.length).toBeGreaterThan(8);
  for (const each of workloads) {
    const { name } = each.metadata;
    expect([name, letsIn(component(name), redis, "redis")]).toEqual([name, told.includes(each)]);
  }
  expect(letsIn(ingressController, redis, "redis")).toBe(false);
  expect(goesOut(redis, "140.82.112.3", 443)).toBe(false);
});

test("a test has no token by default, and no account of its namespace has a right", () => {
  const accounts = ofKind<Manifest & { automountServiceAccountToken?: boolean }>("ServiceAccount");
  const theirs = accounts.filter(({ metadata }) => metadata.namespace === "test-pods");
  expect(theirs.map(({ metadata, automountServiceAccountToken: mounts }) => [metadata.name, mounts])).toEqual(
    [["default", false]],
  );
  const bindings = ofKind<Manifest & { subjects: { namespace: string; name: string }[] }>("RoleBinding");
  expect(
    bindings.flatMap(({ subjects }) => subjects).filter(({ namespace }) => namespace !== "prow"),
  ).toEqual([]);
});

type Role = Manifest & { rules: Rule[] };

test("rights are spelled out: in the base of namespaces only, without wildcards, and none reads a Secret or makes rights", () => {
  for (const kind of ["ClusterRole", "ClusterRoleBinding"]) expect(ofKind(kind, baseManifests)).toEqual([]);
  const roles = [...ofKind<Role>("Role"), ...ofKind<Role>("ClusterRole")];
  const rules = roles.flatMap((role) => role.rules);
  expect(rules.length).toBeGreaterThan(0);
  const words = rules.flatMap(({ apiGroups, resources, verbs }) => [...apiGroups, ...resources, ...verbs]);
  for (const word of [
    "*",
    "secrets",
    "pods/exec",
    "serviceaccounts/token",
    "rbac.authorization.k8s.io",
    "escalate",
    "bind",
    "impersonate",
  ])
    expect(words).not.toContain(word);
});
