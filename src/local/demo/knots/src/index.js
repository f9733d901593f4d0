export { beaufort } from "./beaufort.js";
export { ShipsLog } from "./ships-log.js";
export { toKmh, toKnots } from "./speed.js";
