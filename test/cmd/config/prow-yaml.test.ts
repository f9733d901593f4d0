// What checkconfig says of a repository's own jobs in a checkout.
import { expect, test } from "vitest";
import { checkInRepo } from "../../../src/cmd/config/prow-yaml.ts";
import { DECORATED, load } from "../../config/files.ts";

const text = "presubmits:\n- name: mine\n  spec: {hostPID: true, containers: [{image: i, command: [run]}]}\n";
const check = (more: string) =>
  checkInRepo(
    [{ path: ".prow.yaml", text }],
    "acme/lib",
    load({ config: `${DECORATED}${more}` }).config!,
    true,
  );

test("warns of what hook would refuse, where the policy of the repository says so", () => {
  const { faults, raised } = check("");
  expect(faults).toEqual([]);
  expect(raised).toMatchObject([
    { level: "warning", line: 3, message: expect.stringContaining("spec.hostPID") },
  ]);
  expect(check("in_repo_config: {pod_policy: {acme: prow}}\n")).toEqual({ faults: [], raised: [] });
});
