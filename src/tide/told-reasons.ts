// Which reasons the record has of each open pull request: they are told anew when they change, also where the status stays as it is.
import { issueName } from "../model/github.ts";
import type { PullRequest } from "./pull-request.ts";

export class ToldReasons {
  #last = new Map<string, string>();
  #looked = false;

  /** Whether these are others than were told last. What was so when the process began has been told by the one before. */
  isNew(pr: PullRequest, reasons: readonly string[]): boolean {
    const now = [pr.headSHA, ...reasons].join("\n");
    const before = this.#last.get(issueName(pr));
    this.#last.set(issueName(pr), now);
    return before === undefined ? this.#looked : before !== now;
  }

  /** After a look at every open pull request: others are forgotten. */
  sawAll(open: ReadonlyMap<string, unknown>): void {
    for (const key of this.#last.keys()) if (!open.has(key)) this.#last.delete(key);
    this.#looked = true;
  }
}
