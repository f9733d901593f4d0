import { describe, expect, it } from "vitest";
import { branchPolicy } from "../../src/config/branch-policy.ts";
import { loadGood } from "./files.ts";

const job = (rest: string) => `{spec: {containers: [{}]}, ${rest}}`;
const JOBS = `
presubmits:
  o/tested:
  - ${job("name: always, always_run: true")}
  - ${job("name: manual")}
  - ${job("name: files, run_if_changed: x")}
  - ${job("name: nice, optional: true, always_run: true")}
  - ${job("name: elsewhere, always_run: true, branches: [other]")}
  o/dark: [${job("name: a, always_run: true")}]
  o/careless: [${job("name: a, always_run: true")}]
  o/optional: [${job("name: a, optional: true")}]
`;

const policies = (protection: string) => {
  const config = loadGood({ config: `${JOBS}\nbranch-protection:\n${protection}` });
  return (name: string, branch = "main") => {
    const [org = "", repo = ""] = name.split("/");
    return branchPolicy(config, { org, repo }, branch, config.presubmits[name] ?? []);
  };
};

describe("branch protection of a branch", () => {
  it("unites lists downwards, and of switches takes the lowest", () => {
    const policy = policies(`
  enforce_admins: true
  required_status_checks: {contexts: [cla], strict: true}
  exclude: [^b]
  orgs:
    o:
      protect: true
      exclude: [^a]
      restrictions: {users: [z], teams: [t]}
      repos:
        r:
          enforce_admins: false
          restrictions: {users: [a]}
          branches:
            main: {required_status_checks: {contexts: [build, cla]}}
`)("o/r");
    expect(policy).toEqual({
      protect: true,
      enforce_admins: false,
      required_status_checks: { contexts: ["build", "cla"], strict: true },
      restrictions: { users: ["a", "z"], teams: ["t"] },
      exclude: ["^a", "^b"],
    });
  });

  it("is none in an org that is not configured, and none where nothing but `unmanaged` is said", () => {
    const policy = policies("  protect: true\n  orgs: {o: {}, q: {unmanaged: true, exclude: [x]}}");
    expect(policy("elsewhere/r")).toBeUndefined();
    expect(policy("o/r")).toEqual({ protect: true });
    expect(policies("  orgs: {q: {unmanaged: true, exclude: [x]}}")("q/r")).toBeUndefined();
  });

  it("requires contexts of jobs that always run there, of manual ones only when asked to", () => {
    const tested = policies("  protect-tested-repos: true\n  orgs: {o: {}}")("o/tested");
    expect(tested).toEqual({ protect: true, required_status_checks: { contexts: ["always"] } });
    const manual = policies("  orgs: {o: {require_manually_triggered_jobs: true}}")("o/tested");
    expect(manual?.required_status_checks?.contexts).toEqual(["always", "manual"]);
    expect(manual?.protect).toBeUndefined();
  });

  it("protects a repository whose jobs are all optional only when asked to", () => {
    const base = "  protect-tested-repos: true\n  orgs: {o: {}}";
    expect(policies(base)("o/optional")).toBeUndefined();
    const asked = policies(`${base}\n  protect_repos_with_optional_jobs: true`)("o/optional");
    expect(asked).toMatchObject({ protect: true });
  });

  it("refuses to be off where jobs are required, unless that is allowed", () => {
    const off = "  orgs: {o: {repos: {dark: {protect: false}}}}";
    expect(() => policies(off)("o/dark")).toThrow("required prow jobs require branch protection");
    expect(policies(`${off}\n  allow_disabled_job_policies: true`)("o/dark")).toBeUndefined();
  });

  it("refuses settings below `protect: false`, unless that is allowed", () => {
    const off = "  orgs: {o: {enforce_admins: true, repos: {r: {protect: false}}}}";
    expect(() => policies(off)("o/r")).toThrow("o/r=main defines a policy, which requires protect: true");
    expect(policies(`${off}\n  allow_disabled_policies: true`)("o/r")).toMatchObject({ protect: false });
  });

  it("refuses a branch that is named without saying whether to protect it", () => {
    const branch = (settings: string) => `  orgs: {o: {repos: {r: {branches: {main: ${settings}}}}}}`;
    expect(() => policies(branch("{enforce_admins: true}"))("o/r")).toThrow(
      "defined branch policies must set protect or unmanaged=true",
    );
    expect(policies(branch("{unmanaged: true}"))("o/r")).toBeUndefined();
    expect(policies(branch("{enforce_admins: true}"))("o/r", "next")).toBeUndefined();
  });
});
