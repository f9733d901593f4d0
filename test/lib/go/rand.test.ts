// Go's seeded permutation, against what Go itself gave.
import { expect, test } from "vitest";
import { goPermutation } from "../../../src/lib/go/rand.ts";

test.each([
  [0, 1, [0]],
  [7, 9, [2, 0, 5, 3, 1, 6, 7, 8, 4]],
  [42, 9, [7, 5, 8, 4, 2, 1, 6, 0, 3]],
  [12345, 9, [3, 8, 7, 0, 6, 5, 2, 1, 4]],
])("seed %d, %d elements", (seed, n, order) => {
  expect(goPermutation(seed, n)).toEqual(order);
});
