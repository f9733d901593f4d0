// How much both adapters hold.

/** Characters of all values of `put` together, with their keys. */
export const MOST_KEPT = 64_000_000;
/** What takes more than this part of it is not kept. */
export const LARGEST_PART = 4;
/** Of each log of news. */
export const MOST_NEWS = 2_000;
/** And all of them together, in bytes: so much is sent at once to who has missed that many. */
export const MOST_NEWS_BYTES = 4_000_000;
/** Nobody who last asked longer ago knows anything that news could change. */
export const NEWS_FOR_MS = 600_000;
