// Settings for one git process alone; they travel in its environment, never in arguments or files.

export type Setting = [key: string, value: string];

/** With them, git never waits for an answer from a terminal either. */
export const configEnv = (settings: readonly Setting[]): Record<string, string> => ({
  GIT_TERMINAL_PROMPT: "0",
  GIT_CONFIG_COUNT: String(settings.length),
  ...Object.fromEntries(
    settings.flatMap(([key, value], index) => [
      [`GIT_CONFIG_KEY_${index}`, key],
      [`GIT_CONFIG_VALUE_${index}`, value],
    ]),
  ),
});
