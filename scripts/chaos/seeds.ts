// Seeds that have found something. `npm run chaos -- --short --seed N` runs one of them.

export const SEEDS: readonly { seed: number; size: "short" | "long"; found: string }[] = [
  {
    seed: 1,
    size: "short",
    found:
      "The answer to crier's status was lost, and 100 ms later it wrote the same once more: a write in doubt is now looked for first, after the time that GitHub's lists may lag.",
  },
  {
    seed: 1,
    size: "short",
    found:
      "Redis forgot everything while no hook was there to see it, or right before the outage, and whoever started then took the empty queue for a new one: a mark outside of the queue now tells which memory there was, and what of it was done.",
  },
  {
    seed: 3,
    size: "short",
    found:
      "A /reopen came once more when the pull request had been merged, and GitHub's refusal made it a dead letter: what is merged is left alone.",
  },
  {
    seed: 4,
    size: "short",
    found:
      "A /test that came once more after a push, since Redis had forgotten it, made a second ProwJob: its name held the head of the pull request, and now holds the delivery and the job only.",
  },
  {
    seed: 4,
    size: "short",
    found:
      "After the outage the resync was faster than the sweep, and told of a /lgtm as one on what had been merged since, so that nobody answered it: it now waits five minutes after the start.",
  },
  {
    seed: 4,
    size: "short",
    found:
      "With STORAGE_EMULATOR_HOST crier looked for what is in storage at a wrong address, and wrote started.json anew with each attempt; once it looked at the right one, a read answered with 503 ended it.",
  },
  {
    seed: 1,
    size: "long",
    found:
      "GitHub lost the answer to a report's comment, and crier, which tried again at once, wrote the status before it once more, since lists did not show the first yet: what a step of a report has told is not told again.",
  },
  {
    seed: 2,
    size: "short",
    found:
      "Of a push its webhook came after the pull request had been closed, and started no jobs, as it should: the checker asked for them, and now does so of open ones only. And a push to a closed one, which has no webhook, rightly took back the /lgtm that had been said before it.",
  },
  {
    seed: 7,
    size: "short",
    found:
      "crier told object storage of a job that hook had just aborted, before plank had ended it, and never again: it had no finished.json. It now waits for the end.",
  },
  {
    seed: 1,
    size: "long",
    found:
      "crier led before its first list of two thousand jobs had come, took them for new ones, and wrote a status that its predecessor had written right before it was killed: it now waits for the list.",
  },
  {
    seed: 2,
    size: "long",
    found:
      "Of thousands of webhooks that nobody took during the outage, which came again in the course of eight minutes, the resync told some after five, as of a pull request that a /close had closed meanwhile, and the /lgtm and /reopen among them counted for nothing: it now leaves to webhooks what they are still to tell.",
  },
];
