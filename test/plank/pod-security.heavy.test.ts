// Hostile and harmless pods of pull requests, decorated as in production, in a namespace of a real kube-apiserver that enforces the Pod Security Standard `restricted`.
import { Agent, request } from "undici";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { parseInRepoConfig } from "../../src/config/in-repo-config.ts";
import { problemText } from "../../src/config/source.ts";
import { newProwJob } from "../../src/jobs/prow-job.ts";
import { presubmitSpec } from "../../src/jobs/spec.ts";
import { createPod } from "../../src/plank/steps.ts";
import { central, type Fields, HARMLESS, HOSTILE } from "../config/hostile-jobs.ts";
import { type RealKube, startRealKube, whyNoRealKube } from "../contracts/real-kube.ts";
import { REFS } from "../jobs/sample.ts";

const config = central("", "pod_security: {default: restricted}");

/** What the standard has a rule for; where a job stands, who runs it and whose secrets it reads it leaves to others. */
const COVERED = [
  /^spec\.host(?:Network|PID|IPC)$/,
  /^spec\.volumes\[0\]\.(?!secret|configMap|projected|csi|persistentVolumeClaim|ephemeral|image)/,
  /\.securityContext\.(?:privileged|allowPrivilegeEscalation|capabilities\.add|runAsUser|runAsNonRoot|procMount)$/,
  /\.securityContext\.(?:seccompProfile|appArmorProfile|seLinuxOptions|windowsOptions|sysctls)$/,
  /\.hostPort$/,
  /^decoration_config\.run_as_user$/,
];
/** A profile on the node's disk: the standard trusts it. */
const isLocalhost = (job: Fields) => JSON.stringify(job).includes('"type":"Localhost"');

/** The same rights asked for by another container of the pod, and by one that starts before all others. */
function elsewhere([field, job]: [string, Fields]): [string, Fields][] {
  const { containers, initContainers, ...spec } = (job["spec"] ?? {}) as { [name: string]: unknown };
  if (!field.startsWith("spec.containers[0].") || initContainers || !Array.isArray(containers)) return [];
  const [hostile] = containers;
  const plain = { name: "plain", image: "i", command: ["run"] };
  const second = { ...spec, containers: [plain, { ...hostile, name: "second" }] };
  const first = { ...hostile, name: "first", restartPolicy: "Always" };
  return [
    [field.replace("containers[0]", "containers[1]"), { ...job, spec: second }],
    [
      field.replace("containers[0]", "initContainers[0]"),
      { ...job, spec: { ...spec, containers: [plain], initContainers: [first] } },
    ],
  ];
}

const all: [string, Fields][] = [...HOSTILE, ...HOSTILE.flatMap(elsewhere)];
const covered = all.filter(([field, job]) => COVERED.some((rule) => rule.test(field)) && !isLocalhost(job));

function parsed(fields: Fields) {
  const text = stringify({ presubmits: [{ name: "mine", ...fields }] });
  const result = parseInRepoConfig([{ path: ".prow.yaml", text }], "acme/lib", config);
  expect(result.problems.map(problemText)).toEqual([]);
  const raised = result.raised().flatMap(({ problems }) => problems.map(({ message }) => message));
  return { job: result.presubmits[0]!, raised };
}

function podOf(fields: Fields) {
  const spec = presubmitSpec(parsed(fields).job, REFS);
  const job = newProwJob(config, spec, { name: "mine", now: new Date(0) });
  const world = { job, cluster: "default", version: "v" } as Parameters<typeof createPod>[1];
  const effect = createPod(config, world, "1");
  if (effect.do !== "createPod") throw new Error("no pod");
  return effect.pod;
}

const missing = whyNoRealKube();
if (missing) describe("pods in a restricted namespace", () => test.skip(missing, () => {}));
else {
  let server: RealKube;
  const dispatcher = new Agent({ connect: { rejectUnauthorized: false } });
  const post = async (path: string, body: object) => {
    const headers = { authorization: `Bearer ${server.token}`, "content-type": "application/json" };
    const answer = await request(`${server.url}${path}`, {
      ...{ method: "POST", dispatcher, headers },
      body: JSON.stringify(body),
    });
    const { message = "" } = (await answer.body.json()) as { message?: string };
    return { status: answer.statusCode, message };
  };
  /** Whether the server would take it; none is kept. */
  const offer = (pod: object) => post(`/api/v1/namespaces/${config.pod_namespace}/pods?dryRun=All`, pod);

  beforeAll(async () => {
    server = await startRealKube(["--allow-privileged=true"]);
    const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
    const name = config.pod_namespace;
    const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } };
    expect((await post("/api/v1/namespaces", namespace)).status).toBe(201);
  }, 90_000);
  afterAll(async () => {
    await dispatcher.close();
    await server?.close();
  });

  describe("pods in a restricted namespace", () => {
    test.each(covered)("%s is refused by us and by the server (%#)", async (field, job) => {
      expect(parsed(job).raised).toContainEqual(expect.stringContaining(`has ${field}, which`));
      const { status, message } = await offer(podOf(job));
      // What contradicts itself is refused before anybody looks at the standard.
      expect(`${status} ${message}`).toMatch(/^403 .*violates PodSecurity "restricted|^422 /);
    });

    test("sixty ways and more are refused by both", async () => {
      const answers = await Promise.all(covered.map(([, job]) => offer(podOf(job))));
      const refused = answers.filter(({ message }) => message.includes("violates PodSecurity"));
      expect(refused.length).toBeGreaterThanOrEqual(60);
    });

    test.each(HARMLESS)("%s: what we let through the server takes", async (_what, job) => {
      const { raised } = parsed(job);
      const { status, message } = await offer(podOf(job));
      if (raised.length === 0) expect({ status, message }).toEqual({ status: 201, message: "" });
      // With no capabilities to begin with, the runtime's are more than a plain pod is given.
      else expect([status, raised]).toEqual([403, [expect.stringContaining("capabilities.add")]]);
    });

    test("a pod as Prow makes it is refused: the standard wants more to be said", async () => {
      const prow = podOf({ decorate: true, spec: { containers: [{ image: "i", command: ["run"] }] } });
      const strip = ({ securityContext: _, ...rest }: { [name: string]: unknown }) => rest;
      const spec = {
        ...prow.spec,
        ...{ securityContext: {}, containers: prow.spec.containers.map(strip) },
        initContainers: prow.spec.initContainers?.map(strip),
      };
      expect((await offer({ ...prow, spec })).message).toContain("allowPrivilegeEscalation != false");
    });
  });
}
