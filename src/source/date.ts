/** Dates of a selection, made absolute. Infrahub reads `now+2h` as two hours ago and a bare date as noon, so it is never asked. */

import { VidraError } from '../errors.ts';

const zoned = /^(\d{4}-\d{2}-\d{2})[Tt](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(?:([Zz])|([+-])(\d{2}):(\d{2}))$/;
const day = /^\d{4}-\d{2}-\d{2}$/;
const relative = /^(?:now)?([+-]?)((?:\d{1,6}[smhdw])+)$/;
const secondsOf: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/**
 * An absolute instant, `2026-11-22T12:00:00Z`, with the fraction of a second as written. Taken are RFC 3339 with a zone,
 * a day (its start, 00:00 UTC), `now`, and times ago: `now-2h`, `-2d`, `1h30m`. Throws DATE_INVALID.
 */
export function absoluteDate(text: string, now: Date): string {
  const value = text.trim();
  const ago = relative.exec(value);
  if (value === 'now') return seconds(now);
  if (ago) return timeAgo(value, ago[1] ?? '', ago[2] ?? '', now);
  if (day.test(value)) return instant(value, '00:00:00', '', 0, value);
  const parts = zoned.exec(value);
  if (!parts) throw invalid(value, 'is not a date');
  const [, date = '', time = '', fraction = '', , sign, hours, minutes] = parts;
  if (Number(hours ?? 0) > 23 || Number(minutes ?? 0) > 59) throw invalid(value, 'has no such time zone');
  const offset = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * (sign === '-' ? -1 : 1);
  return instant(date, time, fraction, offset, value);
}

function timeAgo(value: string, sign: string, amount: string, now: Date): string {
  if (sign === '+') throw invalid(value, 'lies in the future, which no source knows');
  const total = [...amount.matchAll(/(\d+)([smhdw])/g)].reduce(
    (sum, [, count, unit = '']) => sum + Number(count) * (secondsOf[unit] ?? 0),
    0,
  );
  const then = new Date(now.getTime() - total * 1000);
  if (Number.isNaN(then.getTime()) || then.getUTCFullYear() < 1970) throw invalid(value, 'lies before 1970');
  return seconds(then);
}

function instant(date: string, time: string, fraction: string, offsetMinutes: number, value: string): string {
  const local = new Date(`${date}T${time}Z`);
  // JavaScript rolls 30 February over to March: what is printed again must be what was read.
  if (Number.isNaN(local.getTime()) || seconds(local) !== `${date}T${time}Z`)
    throw invalid(value, 'is no day or time of the calendar');
  const utc = seconds(new Date(local.getTime() - offsetMinutes * 60_000));
  return fraction ? utc.replace('Z', `.${fraction}Z`) : utc;
}

function seconds(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}

function invalid(value: string, reason: string): VidraError {
  return new VidraError('DATE_INVALID', `${JSON.stringify(value.slice(0, 60))} ${reason}`, {
    subject: 'spec.source.targetDate',
  });
}
