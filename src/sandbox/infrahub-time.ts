/** The parameter `at` as Infrahub reads it: dates mean noon, and the sign of a relative time is never looked at. */

import type { InfrahubVersion } from './infrahub-answer.ts';

const date = String.raw`\d{4}-\d{2}-\d{2}`;
const time = String.raw`\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?`;
const zoned = new RegExp(`^${date}T${time}(Z|[+-]\\d{2}:\\d{2})$`);
const naive: Readonly<Record<InfrahubVersion, RegExp>> = {
  '1.11.9': new RegExp(`^${date}[T ]${time}$`),
  '1.2.11': new RegExp(`^${date}T${time}$`),
};
const agoParts = [
  { pattern: /(\d+)(s|sec|second|seconds)/, seconds: 1 },
  { pattern: /(\d+)(m|min|minute|minutes)/, seconds: 60 },
  { pattern: /(\d+)(h|hour|hours)/, seconds: 3600 },
];

/** Milliseconds since 1970, or nothing for what Infrahub calls an invalid time format. */
export function parseAt(value: string, version: InfrahubVersion, now: number): number | undefined {
  if (zoned.test(value)) return valid(Date.parse(value));
  if (naive[version].test(value)) return valid(Date.parse(`${value.replace(' ', 'T')}Z`));
  if (new RegExp(`^${date}$`).test(value)) return valid(Date.parse(`${value}T12:00:00Z`));
  const found = agoParts.flatMap(({ pattern, seconds }) => {
    const count = pattern.exec(value)?.[1];
    return count === undefined ? [] : [Number(count) * seconds];
  });
  return found.length === 0 ? undefined : now - found.reduce((sum, seconds) => sum + seconds, 0) * 1000;
}

/** As Infrahub prints an instant: `2026-11-22T12:08:53.495000Z`. */
export function printInstant(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z');
}

function valid(ms: number): number | undefined {
  return Number.isNaN(ms) ? undefined : ms;
}
