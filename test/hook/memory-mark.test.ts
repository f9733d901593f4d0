// When the queue has lost its memory, and of which times, also for a process that has just started.
import { describe, expect, test } from "vitest";
import {
  type Mark,
  nextMark,
  parseMark,
  type QueueNow,
  resyncedMark,
  sweptMark,
} from "../../src/hook/memory-mark.ts";

const MINUTE = 60_000;
const T = Date.parse("2026-01-01T12:00:00Z");
const at = (minutes: number): number => T + minutes * MINUTE;
const look = (minutes: number, since: number, oldest?: number): QueueNow => ({
  now: at(minutes),
  since: at(since),
  ...(oldest !== undefined && { oldest: at(oldest) }),
});
const spans = ({ lost }: Mark) => lost.map(({ from, to }) => [(from - T) / MINUTE, (to - T) / MINUTE]);
const seen = (...looks: QueueNow[]): Mark =>
  looks.reduce<Mark | undefined>((mark, queue) => nextMark(mark, queue), undefined)!;

describe("nothing is lost", () => {
  test("for a new installation, whoever worked before it", () => {
    expect(seen(look(0, 0))).toEqual({ began: T, since: T, done: T, lost: [] });
  });

  test("while the queue's memory is the same, and what waits longest says what is done", () => {
    expect(seen(look(0, 0), look(10, 0, 3), look(11, 0))).toMatchObject({ done: at(11), lost: [] });
    expect(seen(look(0, 0), look(10, 0, 3))).toMatchObject({ done: at(3), lost: [] });
  });
});

describe("the memory was lost", () => {
  test("when it is another than the mark says: from what was surely done, to when the new one began", () => {
    expect(spans(seen(look(0, 0), look(10, 0), look(60, 58)))).toEqual([[8, 60]]);
  });

  test("and what waited then is in it, however long it had", () => {
    expect(spans(seen(look(-90, -90), look(10, -90, -60), look(12, 11)))).toEqual([[-62, 13]]);
  });

  test("and never reaches back to before the installation began", () => {
    expect(spans(seen(look(0, 0), look(2, 1)))).toEqual([[0, 3]]);
  });

  test("twice in a row: both times are looked for, and not what lies between", () => {
    const twice = seen(look(0, 0), look(10, 0), look(20, 20), look(50, 20), look(60, 60));
    expect(spans(twice)).toEqual([
      [8, 22],
      [48, 62],
    ]);
    expect(twice.began).toBe(T);
  });

  test("is known until its deliveries are back, and the log can not grow any more behind them", () => {
    const mark = seen(look(0, 0), look(10, 0), look(20, 20));
    expect(sweptMark(mark, at(30)).lost[0]?.swept).toBeUndefined();
    const swept = sweptMark(mark, at(38));
    expect(swept.lost[0]?.swept).toBe(true);
    expect(nextMark(swept, look(39, 20)).lost).toEqual(swept.lost);
    expect(resyncedMark(swept, swept.lost).lost).toEqual([]);
  });

  test("and is forgotten when GitHub keeps its deliveries no more", () => {
    const mark = seen(look(0, 0), look(10, 0), look(20, 20));
    expect(nextMark(mark, look(3 * 24 * 60 + 21, 20)).lost).toHaveLength(1);
    expect(nextMark(mark, look(3 * 24 * 60 + 23, 20)).lost).toEqual([]);
  });
});

test("a mark is read back, and what is none counts as none", () => {
  const mark = sweptMark(seen(look(0, 0), look(10, 0), look(20, 20)), at(60));
  expect(parseMark(JSON.stringify(mark))).toEqual(mark);
  for (const text of [
    "",
    "{}",
    "null",
    "[]",
    '{"began":1,"since":"x","done":1,"lost":[]}',
    '{"began":1,"since":1,"done":1,"lost":[null]}',
  ])
    expect(parseMark(text)).toBeUndefined();
});
