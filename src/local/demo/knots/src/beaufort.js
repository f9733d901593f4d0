// Upper bounds in knots of each force, as the World Meteorological Organization gives them.
const SCALE = [
  [1, "calm"],
  [4, "light air"],
  [7, "light breeze"],
  [11, "gentle breeze"],
  [17, "moderate breeze"],
  [22, "fresh breeze"],
  [28, "strong breeze"],
  [34, "near gale"],
  [41, "gale"],
  [48, "severe gale"],
  [56, "storm"],
  [64, "violent storm"],
];

export function beaufort(knots) {
  const force = SCALE.findIndex(([below]) => knots < below);
  if (force === -1) {
    return { force: 12, name: "hurricane" };
  }
  return { force, name: SCALE[force][1] };
}
