// Refuses requests that a browser was tricked into sending: a name of somebody else's that resolves to this machine.

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i;

/**
 * Whether a request with this Host header is meant for a server that listens on `listening` (an address), reached
 * from outside by `publicUrl`. A server that listens beyond this machine answers to any name.
 */
export function isOwnHost(header: string | undefined, listening: string, publicUrl: string): boolean {
  const name = (header ?? "").replace(/:\d+$/, "");
  const bracketed = listening.includes(":") ? `[${listening}]` : listening;
  return !LOOPBACK.test(bracketed) || LOOPBACK.test(name) || header === new URL(publicUrl).host;
}
