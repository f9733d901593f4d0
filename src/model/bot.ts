// Is it us? The bot's login, which GitHub writes with [bot] when it is an App.

/** `bot` is the login without `[bot]`. */
export const isBot = (bot: string, login: string): boolean => login.replace(/\[bot\]$/, "") === bot;
