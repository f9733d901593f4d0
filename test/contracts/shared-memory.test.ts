// The contract of what replicas share, in memory.
import { systemClock } from "../../src/lib/clock.ts";
import { memoryShared } from "../../src/shared/memory.ts";
import { sharedContract } from "./shared.ts";

const ROOM = 100_000;

sharedContract("memory", async () => {
  const shared = memoryShared({ clock: systemClock, maxCharacters: ROOM });
  return { open: async () => shared, room: ROOM, dispose: async () => {} };
});
