// How many pods' logs are read at once: each holds a connection to a cluster's API server, and anybody may look.

const MOST_LOGS = 50;

export interface LogPlaces {
  /** How to leave the place (more than once is as good as once); undefined when there is none. */
  take(): (() => void) | undefined;
}

/** For whoever finds none. */
export const noPlace = (): Response =>
  new Response(`${MOST_LOGS} logs are read already; try again later.\n`, { status: 503 });

export function logPlaces(): LogPlaces {
  const taken = new Set<object>();
  return {
    take() {
      if (taken.size >= MOST_LOGS) return undefined;
      const place = {};
      taken.add(place);
      return () => void taken.delete(place);
    },
  };
}
