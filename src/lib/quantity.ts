// Kubernetes quantities (`500m`, `8Gi`, `1e3`): parsed exactly, printed in the API's canonical form.
import type { Schema } from "./schema.ts";

type Format = "binary" | "decimal" | "exponent";

interface Quantity {
  /** Nano-units, exact. */
  nano: bigint;
  format: Format;
}

const NANO = 1_000_000_000n;
const DECIMAL: [string, bigint][] = [
  ["E", 10n ** 18n],
  ["P", 10n ** 15n],
  ["T", 10n ** 12n],
  ["G", 10n ** 9n],
  ["M", 10n ** 6n],
  ["k", 10n ** 3n],
];
const BINARY: [string, bigint][] = [
  ["Ei", 2n ** 60n],
  ["Pi", 2n ** 50n],
  ["Ti", 2n ** 40n],
  ["Gi", 2n ** 30n],
  ["Mi", 2n ** 20n],
  ["Ki", 2n ** 10n],
];
const FRACTION: [string, bigint][] = [
  ["m", 1_000_000n],
  ["u", 1_000n],
  ["n", 1n],
];
const SYNTAX = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+)|([KMGTPE]i|[numkMGTPE]?))$/;

function parse(text: string): Quantity | undefined {
  const match = SYNTAX.exec(text);
  if (!match) return undefined;
  const [, sign, whole = "", fraction = "", exponent, suffix = ""] = match;
  if (!whole && !fraction) return undefined;
  const unit = multiplier(suffix, exponent);
  if (!unit) return undefined;
  const digits = BigInt(whole + fraction) * unit.numerator;
  const scale = 10n ** BigInt(fraction.length) * unit.denominator;
  // Rounded up, away from zero, to a nano-unit: as the API server does.
  const nano = (digits * NANO + scale - 1n) / scale;
  const format: Format = exponent !== undefined ? "exponent" : suffix.endsWith("i") ? "binary" : "decimal";
  return { nano: sign === "-" ? -nano : nano, format };
}

function multiplier(
  suffix: string,
  exponent?: string,
): { numerator: bigint; denominator: bigint } | undefined {
  if (exponent !== undefined) {
    const power = Number(exponent);
    if (Math.abs(power) > 100) return undefined;
    return power < 0
      ? { numerator: 1n, denominator: 10n ** BigInt(-power) }
      : { numerator: 10n ** BigInt(power), denominator: 1n };
  }
  const nano = FRACTION.find(([name]) => name === suffix)?.[1];
  if (nano) return { numerator: nano, denominator: NANO };
  const large = [...DECIMAL, ...BINARY].find(([name]) => name === suffix)?.[1] ?? 1n;
  return { numerator: large, denominator: 1n };
}

function print({ nano, format }: Quantity): string {
  const sign = nano < 0n ? "-" : "";
  const size = nano < 0n ? -nano : nano;
  if (size === 0n) return "0";
  const whole = size % NANO === 0n ? size / NANO : undefined;
  if (format === "binary" && whole !== undefined && whole >= 1024n) {
    const [name, unit] = BINARY.find(([, factor]) => whole % factor === 0n) ?? ["", 1n];
    return `${sign}${whole / unit}${name}`;
  }
  if (whole === undefined) {
    const [name, unit] = FRACTION.find(([, factor]) => size % factor === 0n)!;
    return format === "exponent"
      ? `${sign}${size / unit}e-${exponentOf(name)}`
      : `${sign}${size / unit}${name}`;
  }
  const [name, unit] = DECIMAL.find(([, factor]) => whole % factor === 0n) ?? ["", 1n];
  if (format === "exponent" && name) return `${sign}${whole / unit}e${unit.toString().length - 1}`;
  return `${sign}${whole / unit}${name}`;
}

const exponentOf = (name: string): number => ({ m: 3, u: 6, n: 9 })[name] ?? 0;

const seen = new Map<string, string | undefined>();

/** The canonical form of a quantity (`0.5` -> `500m`, `1024Mi` -> `1Gi`), or undefined when it is not one. */
export function canonicalQuantity(text: string): string | undefined {
  if (seen.has(text)) return seen.get(text);
  const quantity = parse(text);
  const result = quantity && print(quantity);
  if (seen.size < 10_000) seen.set(text, result);
  return result;
}

/** A field holding a quantity, written as a string or a number; decoded to its canonical form. */
export const quantity = (doc?: string): Schema<string> => ({
  kind: "quantity",
  doc,
  zero: () => "0",
  decode(value, path, report) {
    const known =
      typeof value === "string" || typeof value === "number"
        ? canonicalQuantity(String(value).trim())
        : undefined;
    if (known !== undefined) return known;
    report({
      level: "error",
      path: [...path],
      message: `expected a quantity, found ${JSON.stringify(value)}`,
      hint: "write it as in Kubernetes, e.g. 500m, 8Gi",
    });
    return undefined;
  },
});
