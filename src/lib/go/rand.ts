// Go's math/rand with a seed: Prow shuffles suggested approvers with it, and the order is visible in its comments.
import { GO_RAND_START } from "./rand-start.ts";

const LENGTH = 607;
const TAP = 273;
const INT32_MAX = 2 ** 31 - 1;

/** A permutation of 0..n-1, as `rand.New(rand.NewSource(seed)).Perm(n)` gives it. */
export function goPermutation(seed: number, n: number): number[] {
  const next = int31Source(seed);
  const order: number[] = [];
  for (let i = 0; i < n; i++) {
    const j = below(next, i + 1);
    order[i] = order[j] ?? i;
    order[j] = i;
  }
  return order;
}

/** Int31n: uniform in 0..n-1. */
function below(next: () => number, n: number): number {
  if ((n & (n - 1)) === 0) return next() & (n - 1);
  const max = INT32_MAX - (2 ** 31 % n);
  let value = next();
  while (value > max) value = next();
  return value % n;
}

/** The additive lagged Fibonacci generator; gives Int31, the top bits of each 63-bit number. */
function int31Source(seed: number): () => number {
  const state = startState(seed);
  let tap = 0;
  let feed = LENGTH - TAP;
  return () => {
    tap = (tap + LENGTH - 1) % LENGTH;
    feed = (feed + LENGTH - 1) % LENGTH;
    const sum = BigInt.asUintN(64, state[feed]! + state[tap]!);
    state[feed] = sum;
    return Number((sum >> 32n) & 0x7fffffffn);
  };
}

function startState(seed: number): bigint[] {
  let x = seed % INT32_MAX;
  if (x < 0) x += INT32_MAX;
  if (x === 0) x = 89482311;
  const start = Buffer.from(GO_RAND_START, "base64");
  for (let i = 0; i < 20; i++) x = lehmer(x);
  return Array.from({ length: LENGTH }, (_, i) => {
    x = lehmer(x);
    const high = BigInt(x) << 40n;
    x = lehmer(x);
    const middle = BigInt(x) << 20n;
    x = lehmer(x);
    return BigInt.asUintN(64, high ^ middle ^ BigInt(x) ^ start.readBigUInt64BE(i * 8));
  });
}

/** x * 48271 mod 2^31-1; the product stays below 2^53. */
const lehmer = (x: number): number => (x * 48271) % INT32_MAX;
