// Texts that GitHub was given, told again as it gives them back.

/** GitHub may give line ends back as CRLF. */
export const unix = (text: string): string => text.replaceAll("\r\n", "\n");

/** It keeps no space at the ends, either. */
export const sameText = (one: string, other: string): boolean => unix(one).trim() === unix(other).trim();
