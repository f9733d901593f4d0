// Texts of comments as somebody writes them who wants to break whoever looks for commands in them.
import { plugins } from "../src/plugins/index.ts";
import type { Chance } from "./seeded.ts";

/** As the help page shows them, of every plugin. */
const EXAMPLES: readonly string[] = plugins.flatMap(({ commands }) =>
  typeof commands === "function" ? [] : commands.flatMap(({ examples }) => examples),
);

const MORE = [
  ..."/lgtm cancel|/approve no-issue|/assign @bob @@|/cc @acme/x|/hold cancel|/test unit|/retest|/ok-to-test|/kind".split(
    "|",
  ),
  ..."/override ci/x|/milestone v1|/retitle <b>|/close|/reopen|/label a,b|/skip|/meow|/woof|/joke|/shrug|/cherrypick x".split(
    "|",
  ),
  ..."/test|/test ?|/test \t|//test|/ test|/test all /retest|/lgtm/approve|/unassign|/uncc @|/remove-kind|/pony ../x".split(
    "|",
  ),
];

/** What the bot itself writes and reads back, and what marks text up. */
const MARKS = [
  ...["```", "~~~", "```release-note\nx\n```", "```release-note", "<!--", "-->", "<!-- META={", "> "],
  '<!-- META={"approvers":["bob"]} -->',
  "[APPROVALNOTIFIER] This PR is **NOT APPROVED**",
  `LGTM label has been added.  <details>Git tree hash: ${"a".repeat(40)}</details>`,
  `<!-- cutwater: ok-to-test ${"a".repeat(40)} -->`,
  ...["<!-- test report -->", "New changes are detected. LGTM label has been removed.", "<details>"],
  ...["Fixes #3", "closes acme/tool#99999999999999999999", "@acme/sig-x-bugs", "Bug 1: x", "JIRA-1234"],
  ...["**Release note**:", "[x](javascript:x)", "![", "|", "#", "&lt;/test&gt;"],
];

/** Letters that are none, or are more than they seem. */
const ODD = [
  ..."\u0000|\ud800|\udc00|\u202e|\u200b|\ufeff|\u00a0|\u2028|\u0085|\u0130|\u017f|\u212a".split("|"),
  ...["𝓉", "e\u0301", "🚢", "ﬃ", "\u001b[31m", "\t", "\f", "%00", "$&", "$(id)", "{{.}}", "\\"],
];

const BETWEEN = ["\n", "\n", "\n", "\r\n", "\r", " ", "", "\n\n", "\u2028", ", ", " /"];

/** GitHub takes so many characters and no more; whoever signs what is sent may not be GitHub. */
const LONGEST = 65_536;

/** Searched for at the end of a text, these make a careless regex look at each again from each. */
const RUNS = [..." @\"'*/-.\t`\\#,:;<>()[]{}|~_+=!?$%^&", "<!--", "](", "\r\n", "/x "];

function word(chance: Chance): string {
  if (chance.oneIn(300))
    return `${chance.pick(EXAMPLES)} a${chance.pick(RUNS).repeat(chance.below(20_000))}${chance.pick(["x", "", "\n"])}`;
  const kind = chance.below(12);
  if (kind < 4) return chance.pick(EXAMPLES);
  if (kind < 6) return chance.pick(MORE);
  if (kind < 8) return chance.pick(MARKS);
  if (kind < 9) return chance.pick(ODD);
  if (kind < 10)
    return chance.pick(["@bob", "unit", "all", "v1", "-", "*", "a/b", "0", "main", ".", "cancel"]);
  if (kind < 11) return "a".repeat(chance.below(80));
  return `${chance.pick(EXAMPLES)} ${chance.pick(ODD)}`;
}

/** A letter in another case, missing, doubled, or odd. */
function bent(text: string, chance: Chance): string {
  const at = chance.below(text.length + 1);
  const [before, letter, after] = [text.slice(0, at), text.slice(at, at + 1), text.slice(at + 1)];
  const other = [letter.toUpperCase(), "", letter + letter, chance.pick(ODD), letter + chance.pick(ODD)];
  return before + chance.pick(other) + after;
}

export function hostileText(chance: Chance): string {
  const words = Array.from({ length: 1 + chance.below(6) }, () =>
    chance.oneIn(3) ? bent(word(chance), chance) : word(chance),
  );
  const between = chance.pick(BETWEEN);
  const text = words.join(chance.oneIn(3) ? chance.pick(BETWEEN) : between);
  if (text === "" || !chance.oneIn(60)) return text;
  const whole = `${text}${between}`;
  return whole.repeat(Math.ceil(LONGEST / whole.length)).slice(0, LONGEST);
}
