// Whether a text can be the name of a branch or a ref at all: anything else could mean another thing to git or in an address.

/** What git check-ref-format refuses, and a leading dash, which git could take for an option. */
const NOT_A_REF = /^[-/.]|[\0-\x20\x7f~^:?*[\\]|\.\.|@\{|\/\/|\/\.|[/.]$|\.lock(?:\/|$)|^@$/;

export const isRefName = (text: string): boolean => text !== "" && !NOT_A_REF.test(text);
