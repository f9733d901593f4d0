// A knot is one nautical mile an hour, and a nautical mile is 1,852 metres by definition.
const KM_PER_NAUTICAL_MILE = 1.852;

export function toKmh(knots) {
  return knots * KM_PER_NAUTICAL_MILE;
}

export function toKnots(kmh) {
  return kmh / KM_PER_NAUTICAL_MILE;
}
