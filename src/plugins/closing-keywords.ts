// Words with which GitHub closes an issue as soon as a commit or pull request that says them is merged.
import { regex } from "../lib/re2.ts";

export const CLOSING_KEYWORDS = regex(
  "((?i)(clos(?:e[sd]?))|(fix(?:(es|ed)?))|(resolv(?:e[sd]?)))[\\s:]+(\\w+/\\w+)?#(\\d+)",
);
