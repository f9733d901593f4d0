// The table of rooms as the docs show it.
import { ROOMS } from "./table.ts";

export function roomTable(): string {
  const rows = Object.entries(ROOMS).map(([room, { holds, may, ports }]) => {
    const rooms = may === "all" ? "all" : may.join(" ") || "nothing of ours";
    const portNames = ports?.length ? `; ports of ${ports.join(" ")}` : "";
    return `|${room}|${holds}|${rooms}${portNames}|\n`;
  });
  return `|room|holds|may import|\n|-|-|-|\n${rows.join("")}`;
}
