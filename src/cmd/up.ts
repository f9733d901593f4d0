// cutwater up: everything in one process. With --local GitHub and the cluster are embedded too, and a demo can play.
import { bool, type FlagValues, int, string, UsageError } from "../lib/flags.ts";
import { command } from "./command.ts";
import { logFormatFlag } from "./process/log-format.ts";
import { upLocal } from "./up/local.ts";
import { upReal } from "./up/real.ts";
import { replayFlags } from "./wiring/dead-letter-queues.ts";
import {
  cacheFlag,
  configFlags,
  dryRunFlag,
  githubFlags,
  inRepoFlags,
  kubeFlags,
  messageFlags,
  pluginFlags,
  storageFlags,
} from "./wiring/flag-groups.ts";
import { recordFlags } from "./wiring/record.ts";
import { reporterFlags } from "./wiring/reporter-flags.ts";

const flags = {
  local: bool(false, "Embed a GitHub and a cluster: nothing outside this machine is touched."),
  demo: bool(false, "With --local: play the demo."),
  "no-demo": bool(false, "With --local: start empty."),
  exit: bool(false, "With --demo: end when it has played, with exit code 0 only if every step came out."),
  report: string("", "With --demo: write the figures of the run to this file, as JSON."),
  data: string(
    "",
    "Directory for state that survives a restart; default .cutwater, with --local a temporary one.",
  ),
  host: string("127.0.0.1", "Address to listen on."),
  port: int(8080, "Port of the pages and of webhooks; with --local the next two are GitHub and Kubernetes."),
  "operator-port": int(0, "Port of /healthz, /healthz/ready and /metrics; 0 is none."),
  runtime: string("process", "Where no cluster is named: run pods as process, docker or podman."),
  "github-app-org": string("", "Organisation that owns the App that is created in the browser; default you."),
  "public-url": string("", "How GitHub reaches this machine, e.g. https://ci.example.com."),
  "hmac-secret-file": string("", "File with the webhook secret; an App that was set up here has its own."),
  ...replayFlags,
  ...configFlags,
  ...pluginFlags,
  "plugin-config": string("", "Path to plugins.yaml."),
  ...cacheFlag,
  ...inRepoFlags,
  ...githubFlags,
  ...kubeFlags,
  ...storageFlags,
  ...messageFlags,
  "slack-workers": int(10, `${reporterFlags["slack-workers"].doc} Without a token it is off.`),
  "pubsub-workers": reporterFlags["pubsub-workers"],
  "kubernetes-blob-storage-workers": reporterFlags["kubernetes-blob-storage-workers"],
  "kubernetes-report-fraction": reporterFlags["kubernetes-report-fraction"],
  ...recordFlags,
  ...logFormatFlag,
  ...dryRunFlag,
  "dry-run": bool(false, dryRunFlag["dry-run"].doc),
};

export type UpFlags = FlagValues<typeof flags>;

/** Room for the two that follow. */
const HIGHEST_PORT = 65_533;

export const up = command({
  flags,
  async run({ values }, host) {
    if (values.exit && values["no-demo"])
      throw new UsageError(
        "--exit ends when the demo has played, and --no-demo plays none: leave one of them out",
      );
    if (values.port < 0 || values.port > HIGHEST_PORT)
      throw new UsageError(
        `--port ${values.port} is too high or too low: 0 to ${HIGHEST_PORT}, since the next two are needed too`,
      );
    return values.local ? upLocal(values, host) : upReal(values, host);
  },
});
