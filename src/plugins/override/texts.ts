// Words of the override commands.
import { SKIP_RETEST } from "../../jobs/description.ts";

export type OverrideCommand = "/override" | "/override-sticky";

export const OVERRIDDEN = "Overridden by";

export const describe = (command: OverrideCommand, login: string): string =>
  `${OVERRIDDEN} ${login}${command === "/override-sticky" ? ` ${SKIP_RETEST}` : ""}`;

const STICKY =
  "\n\nThese overrides will persist across retests on the current HEAD SHA. Pushing a new commit will clear them. Use `/override-cancel` to remove them.";

export const overrode = (command: OverrideCommand, login: string, contexts: readonly string[]): string =>
  `Overrode contexts on behalf of ${login}: ${contexts.join(", ")}${command === "/override-sticky" ? STICKY : ""}`;

export const noneGiven = (command: OverrideCommand): string =>
  `${command} requires failed status contexts to operate on, but none was given`;

export const unknownContexts = (
  command: OverrideCommand,
  unknown: readonly string[],
  known: readonly string[],
): string => `${command} requires failed status contexts, check run or a prowjob name to operate on.
The following unknown contexts/checkruns were given:
${listed(unknown)}

Only the following failed contexts/checkruns were expected:
${listed(known)}

If you are trying to override a checkrun that has a space in it, you must put a double quote on the context.
`;

const listed = (names: readonly string[]): string => names.map((name) => ` - \`${name}\``).join("\n");
