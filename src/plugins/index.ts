// The list of plugins. Nothing registers itself: what is here exists.
import type { Section } from "../config/plugins-config.ts";
import { approve } from "./approve.ts";
import { assign } from "./assign.ts";
import { help } from "./help.ts";
import { hold } from "./hold.ts";
import { label } from "./label.ts";
import { lgtm } from "./lgtm.ts";
import type { Plugin } from "./plugin.ts";
import { size } from "./size.ts";
import { trigger } from "./trigger.ts";
import { wip } from "./wip.ts";

export const plugins: readonly Plugin[] = [approve, assign, help, hold, label, lgtm, size, trigger, wip];

/** What the plugins may be told in plugins.yaml, for its parser. */
export const pluginSections: readonly Section<unknown>[] = plugins.flatMap(({ sections }) => sections ?? []);
