// What goes when there is no more room, over many changes, against a list that is kept in order the slow way.
import { expect, test } from "vitest";
import { seeded } from "../../../scripts/seeded.ts";
import { boundedMap } from "../../../src/lib/kept/bounded-map.ts";

const MOST = 20;

test("the least recently used goes first, whatever was deleted and emptied in between", () => {
  const chance = seeded(5);
  const map = boundedMap<number>(MOST);
  let model: string[] = [];
  const last = (key: string) => {
    model = [...model.filter((other) => other !== key), key].slice(-MOST);
  };
  for (let step = 0; step < 20_000; step++) {
    const key = `${chance.below(40)}`;
    const what = chance.below(100);
    if (what < 60) {
      map.set(key, step);
      last(key);
    } else if (what < 80) {
      if (map.get(key) !== undefined) last(key);
    } else if (what < 99) {
      map.delete(key);
      model = model.filter((other) => other !== key);
    } else if (chance.below(20) === 0) {
      map.clear();
      model = [];
    } else {
      for (const one of model) map.delete(one);
      model = [];
    }
    expect([...map.keys()]).toEqual(model);
  }
});

test("so much weighs no more than it may", () => {
  const map = boundedMap<string>(MOST, 100);
  for (const [key, weight] of [
    ["a", 25],
    ["b", 25],
    ["c", 25],
    ["d", 25],
  ] as const)
    map.set(key, key, weight);
  map.get("a");
  map.set("e", "e", 20);
  expect([...map.keys()]).toEqual(["c", "d", "a", "e"]);
  map.set("c", "larger than a quarter", 26);
  expect([...map.keys()]).toEqual(["d", "a", "e"]);
});
