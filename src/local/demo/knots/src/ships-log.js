import { setTimeout as pause } from "node:timers/promises";

// Reads the speed at a steady interval and tells the distance run.
export class ShipsLog {
  #readings = [];

  async run(readSpeed, { times, everyMs }) {
    for (let i = 0; i < times; i++) {
      this.#readings.push({ knots: readSpeed(i), hours: everyMs / 3_600_000 });
      await pause(everyMs);
    }
  }

  get nauticalMiles() {
    return this.#readings.reduce((sum, { knots, hours }) => sum + knots * hours, 0);
  }
}
