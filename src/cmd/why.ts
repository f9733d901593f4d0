// cutwater why: the story of a pull request or of a ProwJob, from the record.
import { milliseconds } from "../lib/duration.ts";
import { errorText } from "../lib/error-text.ts";
import { bool, int, UsageError } from "../lib/flags.ts";
import { silent } from "../lib/logger.ts";
import { issueName, issueOf } from "../model/github.ts";
import { pullStory } from "../model/pull-story.ts";
import { readRecord } from "../record/open.ts";
import type { RecordRead } from "../record/port.ts";
import { PAINTED, storyText, UNPAINTED } from "../tools/story-text.ts";
import type { Host } from "./command.ts";
import { dataFlag } from "./wiring/flag-groups.ts";
import { queueFlags } from "./wiring/queue-url.ts";
import { type RecordPlace, recordFlags, recordURL } from "./wiring/record.ts";
import { InputError, tool } from "./wiring/tool.ts";

export const whyCommand = tool("why", {
  args: "[flags] org/repo#7",
  flags: {
    ...dataFlag,
    ...queueFlags,
    ...recordFlags,
    json: bool(false, "The entries of the record as JSON, one a line."),
    v: bool(false, "Also which plugins had nothing to do, and changes that only keep books."),
    limit: int(2_000, "Entries at most; the newest."),
  },
  async run({ values, args }, host) {
    const [subject = "", ...more] = args;
    if (subject === "" || more.length > 0)
      throw new InputError("of what? cutwater why org/repo#7, or the name of a ProwJob");
    const pull = issueOf(subject);
    if (!pull && /[#/]/.test(subject))
      throw new InputError(
        `${JSON.stringify(subject)} is neither a pull request, org/repo#7, nor the name of a ProwJob`,
      );
    const entries = await fromRecord(values, host, (record) =>
      pull ? record.pull(pull, values.limit) : record.prowjob(subject, values.limit),
    );
    if (values.json) {
      for (const entry of entries) host.out(JSON.stringify(entry));
      return 0;
    }
    const title = pull ? issueName(pull) : `ProwJob ${subject}`;
    if (entries.length === 0) throw new InputError(`the record has nothing about ${title}`);
    const paint = host.outIsTerminal && !host.env["NO_COLOR"] ? PAINTED : UNPAINTED;
    host.out(storyText(title, pullStory(entries, { subject: title, verbose: values.v }), paint));
    return 0;
  },
});

async function fromRecord<T>(
  flags: RecordPlace,
  { clock }: Host,
  read: (record: RecordRead) => Promise<T>,
): Promise<T> {
  const url = await recordURL(flags);
  if (!url) throw new UsageError("--record=none is no record");
  const keepMs = milliseconds(flags["record-retention"]);
  let record: Awaited<ReturnType<typeof readRecord>>;
  try {
    record = await readRecord({ url, clock, log: silent, keepMs });
  } catch (error) {
    throw new InputError(
      `${errorText(error)}; say with --data, --queue or --record where Cutwater keeps it, as its components are told`,
    );
  }
  try {
    return await read(record);
  } finally {
    record.close();
  }
}
