// Which texts Go's url.Parse refuses; it takes far more than the web's URL does.

const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*:/;

/** What Go says of a text that it does not take for a URL, or undefined. */
export function goURLFault(text: string): string | undefined {
  if (/[\x00-\x1f\x7f]/.test(text)) return "invalid control character in URL";
  if (text.startsWith(":")) return "missing protocol scheme";
  const scheme = SCHEME.exec(text)?.[0] ?? "";
  const rest = text.slice(scheme.length).split("#")[0]!.split("?")[0]!;
  if (!scheme && !rest.startsWith("/") && rest.split("/")[0]!.includes(":")) {
    return "first path segment in URL cannot contain colon";
  }
  const authority = rest.startsWith("//") ? rest.slice(2).split("/")[0]! : "";
  if (authority.includes("[") && !authority.includes("]")) return "missing ']' in host";
  if (/\s/.test(authority)) return "invalid character in host name";
  if (/:[^\]]*$/.test(authority) && !/:\d*$/.test(authority)) return `invalid port after host`;
  return /%(?![0-9A-Fa-f]{2})/.test(text) ? "invalid URL escape" : undefined;
}

/** The scheme in lower case, without its colon; "" when there is none. */
export const goURLScheme = (text: string): string => SCHEME.exec(text)?.[0].slice(0, -1).toLowerCase() ?? "";
