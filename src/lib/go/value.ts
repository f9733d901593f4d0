// Go values as templates see them: structs whose fields are known, and how fmt prints what is in them.

/** A Go struct: to ask it for a field that it has not is an error, where a map would give nothing. */
export class GoStruct {
  readonly fields: ReadonlyMap<string, unknown>;

  constructor(fields: Iterable<readonly [string, unknown]>) {
    this.fields = new Map(fields);
  }
}

/** fmt's %v. */
export function printed(value: unknown): string {
  if (value === null) return "<nil>";
  if (value === undefined) return "<no value>";
  if (Array.isArray(value)) return `[${value.map(printed).join(" ")}]`;
  if (value instanceof GoStruct) return `{${[...value.fields.values()].map(printed).join(" ")}}`;
  if (typeof value === "object") {
    const keys = Object.keys(value).sort();
    return `map[${keys.map((key) => `${key}:${printed((value as Record<string, unknown>)[key])}`).join(" ")}]`;
  }
  return String(value);
}

/** Go's truth in templates: false, 0, nil and anything empty are false; a struct is always true. */
export function truth(value: unknown): boolean {
  if (value instanceof GoStruct) return true;
  if (Array.isArray(value)) return value.length > 0;
  if (typeof value === "object" && value !== null) return Object.keys(value).length > 0;
  return Boolean(value);
}

const VERB = /%([-+# 0]*)(\d+|\*)?(?:\.(\d+|\*)?)?([a-zA-Z%])/g;

/** fmt.Sprintf for the verbs v s d q x X t f g e c p and %%. */
export function sprintf(format: string, ...args: unknown[]): string {
  let used = 0;
  const take = (): unknown => args[used++];
  const text = format.replace(
    VERB,
    (whole, flags: string, width?: string, precision?: string, verb?: string) => {
      if (verb === "%") return "%";
      const wide = width === "*" ? Number(take()) : width && Number(width);
      const hasPrecision = whole.includes(".");
      const digits = precision === "*" ? Number(take()) : hasPrecision ? Number(precision ?? 0) : undefined;
      if (used >= args.length) return `%!${verb}(MISSING)`;
      return padded(formatted(verb!, take(), flags, digits), flags, wide || 0);
    },
  );
  const extra = args.slice(used);
  return extra.length
    ? `${text}%!(EXTRA ${extra.map((arg) => `${typeName(arg)}=${printed(arg)}`).join(", ")})`
    : text;
}

const typeName = (value: unknown): string =>
  typeof value === "number"
    ? Number.isInteger(value)
      ? "int"
      : "float64"
    : typeof value === "boolean"
      ? "bool"
      : typeof value;

function formatted(verb: string, value: unknown, flags: string, digits?: number): string {
  const plus = flags.includes("+") && typeof value === "number" && value >= 0 ? "+" : "";
  const cut = (text: string) => (digits === undefined ? text : [...text].slice(0, digits).join(""));
  switch (verb) {
    case "v":
      return plus + printed(value);
    case "s":
      return typeof value === "string" || typeof value === "object"
        ? cut(printed(value))
        : `%!s(${typeName(value)}=${printed(value)})`;
    case "q":
      return JSON.stringify(cut(String(value)));
    case "d":
      return typeof value === "number" || typeof value === "bigint"
        ? plus + String(value)
        : `%!d(${typeName(value)}=${printed(value)})`;
    case "t":
      return typeof value === "boolean" ? String(value) : `%!t(${typeName(value)}=${printed(value)})`;
    case "f":
      return plus + Number(value).toFixed(digits ?? 6);
    case "e":
      return (
        plus +
        Number(value)
          .toExponential(digits ?? 6)
          .replace(/e([+-])(\d)$/, "e$10$2")
      );
    case "g":
      return (
        plus + (digits === undefined ? String(value) : String(Number(Number(value).toPrecision(digits || 1))))
      );
    case "c":
      return String.fromCodePoint(Number(value));
    case "x":
    case "X": {
      const hex = typeof value === "number" ? value.toString(16) : Buffer.from(String(value)).toString("hex");
      return verb === "X" ? hex.toUpperCase() : hex;
    }
    default:
      return `%!${verb}(${typeName(value)}=${printed(value)})`;
  }
}

function padded(text: string, flags: string, width: number): string {
  if (flags.includes("-")) return text.padEnd(width);
  if (!flags.includes("0")) return text.padStart(width);
  const sign = /^[+-]/.exec(text)?.[0] ?? "";
  return sign + text.slice(sign.length).padStart(width - sign.length, "0");
}
