// Moves what hook keeps in the cluster of its queue's memory back in time, as the emulator does with all that happened.
import { configMapMarks } from "../../src/hook/mark-store.ts";
import type { Mark } from "../../src/hook/memory-mark.ts";
import type { Kube } from "../../src/kube/port.ts";
import { NAMESPACE } from "./setting.ts";

export async function ageMark(kube: Kube, ms: number): Promise<void> {
  const marks = configMapMarks(kube, () => NAMESPACE);
  if (await marks.read()) await marks.change((mark) => aged(mark!, ms));
}

const aged = ({ began, since, done, lost, behind }: Mark, ms: number): Mark => ({
  ...{ began: began - ms, since: since - ms, done: done - ms },
  lost: lost.map(({ from, to, ...more }) => ({ ...more, from: from - ms, to: to - ms })),
  ...(behind && { behind: { from: behind.from - ms, at: behind.at - ms } }),
});
