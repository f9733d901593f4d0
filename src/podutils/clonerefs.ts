// clonerefs: puts the code under test, pull requests merged, into the pod's source directory.
import { readFile, writeFile } from "node:fs/promises";
import { configEnv } from "../git/config-env.ts";
import { sideBySide } from "../lib/waiting/side-by-side.ts";
import type { CloneRecord } from "../model/clone-record.ts";
import { repoName } from "../model/github.ts";
import { CLONEREFS_OPTIONS, type ClonerefsOptions } from "../model/utility-options.ts";
import { cloneRefs } from "./clone.ts";
import { cloneDirectory } from "./clone-plan.ts";
import { type Credentials, tokenCredentials } from "./git-credentials.ts";
import { runCommand } from "./run-command.ts";
import { prepareSSH, type SSHSetup } from "./ssh.ts";
import { type Env, OptionsError, optionsFrom, reportingOptions, type UtilityIO } from "./utility.ts";

/**
 * Exit code 0 also when a clone failed (initupload finds that in clone.json and reports it), unless `fail` is set;
 * 1 for options that cannot be used.
 */
export const clonerefs = (env: Env, io: UtilityIO): Promise<number> =>
  reportingOptions(io, async () => {
    const options = optionsFrom<ClonerefsOptions>(env, CLONEREFS_OPTIONS);
    for (const warning of checkOptions(options)) io.log.warn({}, warning);
    const records = await cloneAll(options, env, io);
    await writeFile(options.log, JSON.stringify(records), { mode: 0o755 });
    const failed = records.filter((record) => record.failed).length;
    if (failed > 0) io.log.error({ failed }, `${failed} clone records failed`);
    else io.log.info({}, "Finished cloning refs");
    return options.fail && failed > 0 ? 1 : 0;
  });

/** Throws OptionsError; returns warnings. */
function checkOptions(options: ClonerefsOptions): string[] {
  const wrong = (message: string): never => {
    throw new OptionsError(message);
  };
  if (!options.src_root) wrong("no source root specified (src_root)");
  if (!options.log) wrong("no log file specified (log)");
  if (!options.refs?.length) wrong("no refs specified to clone (refs)");
  const app = options.github_app_id || options.github_app_private_key_file;
  if (app && options.oauth_token_file) wrong("multiple authentication methods specified");
  if (app && !options.github_api_endpoints?.length) {
    wrong("no GitHub API endpoints for GitHub App authentication (github_api_endpoints)");
  }
  if (app && !options.github_app_private_key_file) wrong("no GitHub App private key file specified");
  if (app && !options.github_app_id) wrong("no GitHub App ID specified");
  const warnings: string[] = [];
  const seen = new Map<string, string>();
  for (const refs of options.refs) {
    const path = cloneDirectory(options.src_root, refs);
    const name = repoName(refs);
    const message = `${name} and ${seen.get(path)} are both cloned to ${path}: give one of them a path_alias`;
    if (seen.get(path) === name) wrong(message);
    if (seen.has(path)) warnings.push(message);
    seen.set(path, name);
  }
  return warnings;
}

async function cloneAll(options: ClonerefsOptions, env: Env, io: UtilityIO): Promise<CloneRecord[]> {
  const ssh = await prepareSSH(options.key_files ?? [], options.host_fingerprints ?? [], env);
  const setup: CloneRecord = { refs: { org: "", repo: "" }, commands: ssh.commands };
  try {
    return ssh.failed ? [{ ...setup, failed: true }] : await cloneWith(ssh, setup, options, env, io);
  } finally {
    ssh.stop();
  }
}

async function cloneWith(
  ssh: SSHSetup,
  setup: CloneRecord,
  options: ClonerefsOptions,
  env: Env,
  io: UtilityIO,
): Promise<CloneRecord[]> {
  const gitEnv = { ...gitEnvironment(env), ...ssh.env };
  // Submodules are cloned from repositories of their own, which only a global setting reaches.
  const cookies = options.cookie_path;
  if (cookies && options.refs.some((refs) => !refs.skip_submodules)) {
    const args = ["config", "--global", "http.cookiefile", cookies];
    const { output, error } = await runCommand("git", args, { env: gitEnv });
    setup.commands?.push({ command: `git ${args.join(" ")}`, output, ...(error && { error }) });
    if (error) return [{ ...setup, failed: true }];
  }
  const read = (file: string | undefined) => (file ? readFile(file, "utf8") : undefined);
  const oauth = (await read(options.oauth_token_file))?.trim();
  const privateKey = await read(options.github_app_private_key_file);
  const tokens = new Set<string>(oauth ? [oauth] : []);
  const tokenFor = async (refs: ClonerefsOptions["refs"][number]): Promise<string | undefined> => {
    if (!privateKey) return oauth;
    const { installationToken } = await import("./github-app-token.ts");
    const key = {
      appId: options.github_app_id ?? "",
      privateKey,
      endpoints: options.github_api_endpoints ?? [],
    };
    const token = await installationToken(key, refs, io.clock);
    tokens.add(token);
    return token;
  };

  const workers = options.max_parallel_workers || options.refs.length;
  const records = await sideBySide(options.refs, workers, async (refs) => {
    const context = { env: gitEnv, censor: censorOf(tokens), clock: io.clock, log: io.log };
    const credentials = (): Promise<Credentials | undefined> =>
      tokenFor(refs).then((token) => (token ? tokenCredentials(token, env["TMPDIR"]) : undefined));
    return cloneRefs(refs, options, credentials, context);
  });
  return [setup, ...records];
}

/** Nothing in the pod's own options reaches git or its hooks, and git never waits for an answer from a terminal. */
function gitEnvironment(env: Env): Env {
  const { CLONEREFS_OPTIONS: _options, JOB_SPEC: _spec, ...rest } = env;
  const config = configEnv([
    ["core.hooksPath", "/dev/null"],
    ["protocol.ext.allow", "never"],
    ["advice.detachedHead", "false"],
  ]);
  return { ...rest, ...config };
}

const censorOf =
  (tokens: Set<string>) =>
  (text: string): string =>
    [...tokens].reduce((censored, token) => censored.replaceAll(token, "CENSORED"), text);
