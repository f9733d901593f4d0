// Where GitHub's pages and repositories are, as --github-host names it.

/** A host, or with a scheme where it is not https. */
export const webAddress = (host: string): string => (host.includes("://") ? host : `https://${host}`);
