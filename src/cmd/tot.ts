// cutwater tot: numbers the builds of every job.
import { errorText } from "../lib/error-text.ts";
import { bool, int, string, UsageError } from "../lib/flags.ts";
import { aborted } from "../lib/waiting/aborted.ts";
import { lastBuilds } from "../tot/fallback.ts";
import { totHandler } from "../tot/handler.ts";
import { TotStore } from "../tot/store.ts";
import { component } from "./component.ts";
import { listenFetch } from "./process/listen.ts";
import { logLevelFlag } from "./wiring/external-plugin.ts";

export const tot = component({
  name: "tot",
  withoutConfig: true,
  flags: {
    ...logLevelFlag,
    port: int(8888, "Port to listen on."),
    storage: string("tot.json", "File that keeps the numbers."),
    fallback: bool(false, "Ask object storage for the last build of a job that is new here."),
    "fallback-url-template": string(
      "https://storage.googleapis.com/kubernetes-jenkins/logs/%s/latest-build.txt",
      "Where that stands, with %s for the job.",
    ),
    "fallback-bucket": string(
      "",
      "Address of the bucket instead, laid out as Prow does; needs --config-path.",
    ),
  },
  async start(flags, { config, host, log, signal }) {
    const bucket = flags["fallback-bucket"];
    if (bucket && !flags["config-path"])
      throw new UsageError("--fallback-bucket needs --config-path: jobs are looked up there");
    const store = await TotStore.open(flags.storage).catch((error) => {
      throw new UsageError(`--storage=${flags.storage} cannot be used: ${errorText(error)}`);
    });
    const template = flags["fallback-url-template"];
    const { clock } = host;
    const base = flags.fallback
      ? lastBuilds({ template, bucket, config: config.config, web: fetch, clock, signal })
      : async () => 0;
    const server = await listenFetch(totHandler({ store, base, log }), "", flags.port, "port");
    return { ready: () => true, done: aborted(signal).then(() => server.close()) };
  },
});
