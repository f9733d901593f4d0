// Files of a merge through GitHub's API.
import { connectGitHub } from "../../src/github/client.ts";
import { apiFiles } from "../../src/in-repo/api-files.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { silent } from "../../src/lib/logger.ts";
import { mergedFilesContract } from "./merged-files.ts";

mergedFilesContract("through the API", {
  merges: false,
  async open({ url }) {
    const { read } = connectGitHub({
      endpoints: [url],
      graphqlEndpoint: `${url}/graphql`,
      auth: { token: async () => "alice-token" },
      clock: systemClock,
      log: silent,
    });
    return { files: apiFiles(read) };
  },
});
