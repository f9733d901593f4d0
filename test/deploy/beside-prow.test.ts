// Cutwater beside a running Prow: everything that may be added to the base, moved into namespaces of its own by kustomize.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadAll } from "js-yaml";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseFlags } from "../../src/lib/flags.ts";
import { found } from "../contracts/real-kube.ts";
import { overlay } from "./cluster.ts";
import {
  BESIDE_PROW,
  COMMANDS,
  componentsOf,
  expanded,
  type Manifest,
  manifests,
  ofKind,
  type Workload,
} from "./manifests.ts";

const kubectl = found("kubectl");
const OWN = ["cutwater", "cutwater-pods"];

describe.skipIf(!kubectl)("beside Prow (kubectl renders it)", () => {
  let folder: string;
  let built: Manifest[];
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "cutwater-beside-"));
    const text = execFileSync(kubectl!, ["kustomize", overlay(folder, BESIDE_PROW)], { encoding: "utf8" });
    built = loadAll(text) as Manifest[];
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const idOf = ({ kind, metadata }: Manifest) => `${kind} ${metadata.name}`;

  test("every object is in a namespace of its own, or has a name that Prow's have not", () => {
    expect(built.length).toBeGreaterThan(60);
    const elsewhere = built.filter(({ metadata }) => metadata.namespace && !OWN.includes(metadata.namespace));
    expect(elsewhere.map(idOf)).toEqual([]);
    const everywhere = built.filter(({ metadata }) => !metadata.namespace).map(idOf);
    expect(everywhere.sort()).toEqual([
      "ClusterRole cutwater-crier",
      "ClusterRoleBinding cutwater-crier",
      "Namespace cutwater",
      "Namespace cutwater-pods",
    ]);
  });

  test("all is there but the ProwJob resource, which Prow has; periodics are left to Prow", () => {
    const kinds = (of: readonly Manifest[]) => of.map(({ kind }) => kind).sort();
    expect(kinds(built)).toEqual(kinds(manifests).filter((kind) => kind !== "CustomResourceDefinition"));
    const idle = ofKind<Workload>("Deployment", built).filter(({ spec }) => spec.replicas === 0);
    expect(idle.map(idOf)).toEqual(["Deployment horologium"]);
  });

  test("rights are given to accounts that exist", () => {
    const accounts = ofKind("ServiceAccount", built).map(
      ({ metadata }) => `${metadata.namespace}/${metadata.name}`,
    );
    type Binding = Manifest & { subjects: { namespace: string; name: string }[] };
    const bindings = [
      ...ofKind<Binding>("RoleBinding", built),
      ...ofKind<Binding>("ClusterRoleBinding", built),
    ];
    const subjects = bindings.flatMap((binding) => binding.subjects);
    expect(subjects.length).toBeGreaterThan(8);
    expect(
      subjects.map(({ namespace, name }) => `${namespace}/${name}`).filter((id) => !accounts.includes(id)),
    ).toEqual([]);
  });

  test("no policy lets in tests of either", () => {
    const policies = JSON.stringify(ofKind("NetworkPolicy", built));
    const shut = policies
      .match(/"operator":"NotIn","values":\[[^\]]*\]/g)!
      .filter((each) => !/redis/.test(each));
    expect(new Set(shut)).toEqual(new Set(['"operator":"NotIn","values":["test-pods","cutwater-pods"]']));
    expect(shut).toHaveLength(3);
  });

  test("every component is started as in the base, but that hook does not have Prow's webhooks sent again", () => {
    const moved = componentsOf(ofKind<Workload>("Deployment", built));
    const before = componentsOf(ofKind<Workload>("Deployment"));
    expect(moved.map(({ name }) => name).sort()).toEqual(before.map(({ name }) => name).sort());
    for (const { name, command, argv, container } of moved) {
      const more = name === "hook-worker" ? ["--sweep-period=0s"] : [];
      expect(argv).toEqual([...before.find((each) => each.name === name)!.argv, ...more]);
      expect(() => parseFlags(COMMANDS[command]!.flags, expanded(argv, container))).not.toThrow();
      for (const word of argv) expect(word).not.toMatch(/\.prow\b/);
    }
  });
});
