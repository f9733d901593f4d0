// The external plugins that are ours, in `cutwater up`: plugins.yaml lists them, and without an endpoint they run here.
import { type ExternalPlugin, usualEndpoint } from "../../config/plugins-config.ts";
import { reportAgain } from "../../crier/report-again.ts";
import { dispatcher } from "../../hook/dispatch.ts";
import type { Inside } from "../../hook/hand-over.ts";
import { hookMetrics } from "../../hook/metrics.ts";
import { cherrypickerPlugin } from "../../plugins/cherrypicker/handle.ts";
import { needsRebasePlugin } from "../../plugins/needs-rebase/handle.ts";
import { needsRebaseScopes } from "../../plugins/needs-rebase/scan.ts";
import type { Plugin } from "../../plugins/plugin.ts";
import { refreshPlugin } from "../../plugins/refresh/handle.ts";
import { scanRepeatedly } from "../needs-rebase.ts";
import type { Fetch } from "../process/listen.ts";
import type { Surroundings } from "../surroundings.ts";
import { externalPluginDeps } from "../wiring/external-plugin.ts";
import type { Ports } from "../wiring/ports.ts";

type World = Pick<Ports, "github" | "apply">;

/** As their flags have it by default: who wants them otherwise runs the component and gives its endpoint. */
const ourPlugins = (): Plugin[] => [
  cherrypickerPlugin({
    allowAll: false,
    labels: [],
    labelPrefix: "cherrypick/",
    issueOnConflict: false,
    prowAssignments: true,
  }),
  needsRebasePlugin({ cacheValidMs: 0 }),
  refreshPlugin({ prowURL: "http://deck", report: reportAgain }),
];

/** `pages`: deck's, which refresh asks. */
export function externalInside({ github, apply }: World, pages: Fetch, around: Surroundings): Inside {
  const web = async (address: string | URL | Request, init?: RequestInit) =>
    pages(new Request(address, init));
  const metrics = hookMetrics(around.metrics);
  return new Map(
    ourPlugins().map((plugin) => {
      const log = around.log.child({ component: plugin.name });
      const deps = externalPluginDeps({ read: github.read, apply }, { ...around, log });
      return [
        plugin.name,
        dispatcher({ ...deps, web, metrics, all: [plugin], enabled: () => [plugin.name] }),
      ];
    }),
  );
}

const PERIOD_MS = 24 * 3_600_000;

/** needs-rebase looks at all open pull requests now and then, where it runs here. */
export function scansInside({ github, apply }: World, byOrg: boolean, around: Surroundings): Promise<void> {
  const isHere = (entry: ExternalPlugin) => entry.endpoint === usualEndpoint(entry);
  const scopes = () => needsRebaseScopes(around.config.plugins(), isHere);
  return scanRepeatedly({ read: github.read, apply, byOrg, periodMs: PERIOD_MS, scopes }, around);
}
