// Pods of a build cluster whose namespace enforces the Pod Security Standard `restricted`.
import { expect, test } from "vitest";
import { podFor } from "../../src/jobs/pod.ts";
import { securedPod } from "../../src/jobs/secured-pod.ts";
import type { Container, Pod } from "../../src/model/pod.ts";
import { loadGood } from "../config/files.ts";
import { sampleProwJob } from "./sample.ts";

const config = loadGood({ config: "plank: {pod_security: {'*': restricted, trusted: prow}}\n" });
const made = (spec: object = {}): Pod => {
  const pod = podFor(sampleProwJob(), "1");
  return { ...pod, spec: { ...pod.spec, ...spec } };
};
const contexts = ({ spec }: Pod) =>
  [...(spec.initContainers ?? []), ...spec.containers].map(({ securityContext }) => securityContext);
const test1 = (securityContext: object): Container[] => [
  { name: "test", securityContext: securityContext as Record<string, unknown> },
];

test("every container, the pod utilities' too, is given no more than the standard allows", () => {
  const secured = securedPod(config, "default", made());
  expect(secured.spec["securityContext"]).toEqual({
    runAsNonRoot: true,
    seccompProfile: { type: "RuntimeDefault" },
  });
  expect(contexts(secured)).toHaveLength(5);
  for (const context of contexts(secured))
    expect(context).toEqual({ allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } });
});

test("what the job says stays, so that the API server can refuse it in its own words", () => {
  const containers = test1({
    runAsUser: 7,
    allowPrivilegeEscalation: true,
    capabilities: { add: ["CHOWN"] },
  });
  const pod = securedPod(config, "default", made({ containers, securityContext: { runAsNonRoot: false } }));
  expect(pod.spec["securityContext"]).toMatchObject({ runAsNonRoot: false });
  expect(pod.spec.containers[0]!.securityContext).toEqual({
    runAsUser: 7,
    allowPrivilegeEscalation: true,
    capabilities: { add: ["CHOWN"], drop: ["ALL"] },
  });
  const privileged = securedPod(config, "default", made({ containers: test1({ privileged: true }) }));
  expect(privileged.spec.containers[0]!.securityContext).not.toHaveProperty("allowPrivilegeEscalation");
});

test("pods are Prow's where the cluster's own word says so, where nothing is said, and on Windows", () => {
  const pod = made();
  expect(securedPod(config, "trusted", pod)).toEqual(pod);
  expect(securedPod(loadGood({}), "default", pod)).toEqual(pod);
  const windows = made({ os: { name: "windows" } });
  expect(securedPod(config, "default", windows)).toEqual(windows);
});
