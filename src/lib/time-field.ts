// Times as Go reads them from JSON: RFC 3339.
import type { Schema } from "./schema.ts";

const SYNTAX = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.,]\d+)?(?:Z|[+-](\d\d):(\d\d))$/;

/** Unlike Date, which takes 30 February for a day of March. */
function isTime(text: string): boolean {
  const parts = SYNTAX.exec(text)?.slice(1).map(Number);
  if (!parts) return false;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, hours = 0, minutes = 0] = parts;
  const inMonth = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const inYear = month >= 1 && month <= 12 && day >= 1 && day <= inMonth;
  return inYear && hour < 24 && minute < 60 && second < 60 && !(hours >= 24) && !(minutes >= 60);
}

/** A field that holds a time; it stays the text that it is. */
export const timeField = (doc?: string): Schema<string> => ({
  kind: "string",
  doc,
  decode(value, path, report) {
    if (typeof value === "string" && isTime(value)) return value;
    const message = `expected a time such as 2026-01-31T12:00:00Z, found ${JSON.stringify(value)}`;
    report({ level: "error", path: [...path], message });
    return undefined;
  },
});
