// Files of a merge through the git command, from a mirror without contents.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gitCLI } from "../../src/git/cli.ts";
import { mergedFilesContract } from "./merged-files.ts";

mergedFilesContract("through git", {
  merges: true,
  async open({ url }) {
    const cacheDir = await mkdtemp(join(tmpdir(), "cutwater-mirror-"));
    const files = gitCLI({
      cacheDir,
      url: ({ org, repo }) => `${url}/${org}/${repo}`,
      token: async () => "alice-token",
      env: { PATH: process.env["PATH"] },
    });
    return { files, dispose: () => rm(cacheDir, { recursive: true }) };
  },
});
