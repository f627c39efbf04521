/** Amounts as Kubernetes writes them: `1000m`, `1`, `0.5Gi`, `1e3`. */
import type { JsonValue } from './manifest.ts';

/** The value is `digits` × 10^`ten` × 2^`two`. */
interface Amount {
  readonly digits: bigint;
  readonly ten: number;
  readonly two: number;
}

const written = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,2})|([KMGTPE]i|[numkMGTPE]))?$/;
const decimal: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const binary = 'KMGTPE';

/** Whether two values are the same amount, however they are written. */
export function isSameAmount(one: JsonValue, other: JsonValue): boolean {
  const [a, b] = [amountOf(one), amountOf(other)];
  if (!a || !b) return false;
  const [ten, two] = [Math.min(a.ten, b.ten), Math.min(a.two, b.two)];
  const scaled = ({ digits, ...power }: Amount) =>
    digits * 10n ** BigInt(power.ten - ten) * 2n ** BigInt(power.two - two);
  return scaled(a) === scaled(b);
}

function amountOf(value: JsonValue): Amount | undefined {
  const text = typeof value === 'number' || typeof value === 'bigint' ? `${value}` : value;
  // The server takes no longer ones, and none of them is cheap.
  const parts = typeof text === 'string' && text.length <= 64 ? written.exec(text) : null;
  if (!parts) return undefined;
  const [, sign, whole = '', fraction = '', exponent = '0', unit = ''] = parts;
  if (whole + fraction === '') return undefined;
  const digits = BigInt(`${whole}${fraction}`);
  return {
    digits: sign === '-' ? -digits : digits,
    ten: Number(exponent) + (decimal[unit] ?? 0) - fraction.length,
    two: unit.endsWith('i') ? 10 * (binary.indexOf(unit.charAt(0)) + 1) : 0,
  };
}
