// Is it us? GitHub writes an App's login as its slug and [bot]; that slug alone may be anybody's login.

/** `bot` is the exact login, with `[bot]` for an App. */
export const isBot = (bot: string, login: string): boolean => login === bot;

/** An App has no login that a person may have. */
export const isApp = (bot: string): boolean => bot.endsWith("[bot]");

/** Login of the App of that slug, as it stands in REST answers and webhooks. */
export const appLogin = (slug: string): string => `${slug}[bot]`;

/** Login of an author in GraphQL, which leaves out the `[bot]` of an App. */
export const restLogin = ({ __typename, login }: { __typename: string; login: string }): string =>
  __typename === "Bot" ? appLogin(login) : login;

/** Whether a check run is ours: its App is told by its slug. */
export const isOwnRun = (bot: string, { app }: { app?: string }): boolean =>
  app !== undefined && appLogin(app) === bot;
