// What lgtm says of new commits, in Prow's words: it is looked for again.

export const REMOVED = "New changes are detected. LGTM label has been removed.";
