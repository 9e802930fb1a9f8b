/** Of a normal distribution, 95 % lie within so many standard deviations. */
const Z = 1.959964;

/** Lower end of the Wilson score interval (95 %) of a share: what it is at least, given how few cases there are. */
export function wilsonLower(part: number, whole: number): number {
  if (whole === 0) return 0;
  const share = part / whole;
  const centre = share + Z ** 2 / (2 * whole);
  const spread = Z * Math.sqrt((share * (1 - share)) / whole + Z ** 2 / (4 * whole ** 2));
  return Math.max(0, (centre - spread) / (1 + Z ** 2 / whole));
}
