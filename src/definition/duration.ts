/** Durations as Go writes them: `300ms`, `1m`, `2h45m`. */

const unitMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};
const part = /(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g;
/** A whole duration. */
export const durationPattern = /^(0|(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+)$/;

/** Whole milliseconds, or nothing when the text is not a duration. `0` needs no unit. */
export function parseDuration(text: string): number | undefined {
  if (!durationPattern.test(text)) return undefined;
  let total = 0;
  for (const [, count, unit] of text.matchAll(part)) total += Number(count) * (unitMs[unit as string] as number);
  return Math.round(total);
}
