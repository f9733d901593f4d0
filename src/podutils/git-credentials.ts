// Lets git authenticate without a secret on a command line, in a URL or in an environment variable.
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** GitHub takes any user name with a personal token, and this one with an App's. */
const USER = "x-access-token";

export interface Credentials {
  /** Environment of git commands that may authenticate at `uri`'s host, and at no other. */
  envFor(uri: string): Record<string, string>;
  dispose(): Promise<void>;
}

/**
 * Git asks a small script (GIT_ASKPASS), which reads the token from a file only its owner may read.
 * The question ends with the host, so a redirect or submodule elsewhere gets no answer.
 */
export async function tokenCredentials(token: string, temporary = tmpdir()): Promise<Credentials> {
  const directory = await mkdtemp(join(temporary, "askpass-"));
  const tokenFile = join(directory, "token");
  await writeFile(tokenFile, token, { mode: 0o600 });
  const script = join(directory, "askpass");
  await writeFile(
    script,
    `#!/bin/sh
case "$1" in *"//$CUTWATER_ASKPASS_HOST': "|*"@$CUTWATER_ASKPASS_HOST': ") ;; *) exit 1 ;; esac
case "$1" in Username*) echo ${USER} ;; Password*) cat "\${0%/*}/token" ;; esac
`,
  );
  await chmod(script, 0o700);
  return {
    envFor: (uri) => {
      const host = URL.canParse(uri) ? new URL(uri).host : "";
      const variables: Record<string, string> = { GIT_ASKPASS: script, CUTWATER_ASKPASS_HOST: host };
      return host ? variables : {};
    },
    dispose: () => rm(directory, { recursive: true, force: true }),
  };
}
