// What went wrong, in its own words.

/** Of anything that was thrown: not everybody throws an Error. */
export const errorText = (error: unknown): string => (error instanceof Error ? error.message : String(error));
