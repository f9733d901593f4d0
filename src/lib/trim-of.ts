// Go's strings.Trim.

/** The text without those characters at its ends. In linear time, which a regex like /@+$/ does not keep. */
export function trimOf(text: string, characters: string): string {
  let [from, to] = [0, text.length];
  while (from < to && characters.includes(text.charAt(from))) from++;
  while (to > from && characters.includes(text.charAt(to - 1))) to--;
  return text.slice(from, to);
}
