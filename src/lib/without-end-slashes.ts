// The slashes at the end of an address or a path, which whoever writes a flag or a configuration may write or not.

/**
 * The address without them, so that a path that begins with one can follow: `https://host/api` of `https://host/api//`.
 * In linear time, which a regex like /\/+$/ does not keep.
 */
export function withoutEndSlashes(address: string): string {
  let end = address.length;
  while (address.charAt(end - 1) === "/") end--;
  return address.slice(0, end);
}

/** The same of a path by itself, where `/` is the root and stays. */
export const pathWithoutEndSlashes = (path: string): string => withoutEndSlashes(path) || path.slice(0, 1);
