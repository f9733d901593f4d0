// A dry run: what would be done is said, and nothing is done.
import type { Clock } from "../lib/clock.ts";
import { boundedMap } from "../lib/kept/bounded-map.ts";
import type { Logger } from "../lib/logger.ts";
import type { RecordWrite } from "../record/port.ts";
import type { Apply } from "./apply.ts";
import { printEffect } from "./print.ts";
import { recordEffect } from "./record-effect.ts";
import { subjectOf } from "./subject.ts";

/** So many lines are remembered; those that were said longest ago are forgotten first. */
const REMEMBERED = 10_000;

/** Since nothing is done, controllers decide the same again and again: it is said once. */
export function dryRun(log: Logger, recording?: { record: RecordWrite; clock: Pick<Clock, "now"> }): Apply {
  const said = boundedMap<true>(REMEMBERED);
  return async (effects) => {
    for (const effect of effects) {
      const line = printEffect(effect);
      if (said.get(line)) continue;
      said.set(line, true);
      if (recording) recordEffect(recording.record, effect, recording.clock.now(), { dry: true });
      log.info({ effect: effect.do, dryRun: true, ...subjectOf(effect) }, line);
    }
  };
}
