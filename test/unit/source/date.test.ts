import { expect, it } from 'vitest';
import { absoluteDate } from '../../../src/source/date.ts';

const now = new Date('2026-11-22T12:00:00.500Z');

it.each([
  ['2026-11-22T12:00:00Z', '2026-11-22T12:00:00Z'],
  ['2026-11-22t12:00:00z', '2026-11-22T12:00:00Z'],
  ['2026-11-22T12:00:00.123456789Z', '2026-11-22T12:00:00.123456789Z'],
  ['2026-11-22T12:00:00+02:00', '2026-11-22T10:00:00Z'],
  ['2026-11-22T00:30:00-23:59', '2026-11-23T00:29:00Z'],
  ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00Z'],
  [' 2026-11-22T12:00:00Z ', '2026-11-22T12:00:00Z'],
])('keeps the absolute date %s', (text, absolute) => {
  expect(absoluteDate(text, now)).toBe(absolute);
});

it('takes a day as its start in UTC, where Infrahub would take noon', () => {
  expect(absoluteDate('2026-11-22', now)).toBe('2026-11-22T00:00:00Z');
});

it.each([
  ['now', '2026-11-22T12:00:00Z'],
  ['now-2h', '2026-11-22T10:00:00Z'],
  ['now-2d', '2026-11-20T12:00:00Z'],
  ['now-1h30m', '2026-11-22T10:30:00Z'],
  ['-2d', '2026-11-20T12:00:00Z'],
  ['1w', '2026-11-15T12:00:00Z'],
  ['5m', '2026-11-22T11:55:00Z'],
  ['now-0s', '2026-11-22T12:00:00Z'],
])('reads %s as a time ago', (text, absolute) => {
  expect(absoluteDate(text, now)).toBe(absolute);
});

it.each([
  ['now+2h', /future/],
  ['+2h', /future/],
  ['now-999999w', /before 1970/],
  ['2026-02-30T00:00:00Z', /calendar/],
  ['2026-02-30', /calendar/],
  ['2026-11-22T24:00:00Z', /calendar/],
  ['2026-11-22T12:60:00Z', /calendar/],
  ['2026-11-22T12:00:00+24:00', /zone/],
  ['2026-11-22T12:00:00', /not a date/],
  ['2026-11-22 12:00:00', /not a date/],
  ['1795351619', /not a date/],
  ['yesterday', /not a date/],
  ['', /not a date/],
  ['now-2y', /not a date/],
  ['now-', /not a date/],
])('refuses %j', (text, reason) => {
  expect(() => absoluteDate(text, now)).toThrow(expect.objectContaining({ code: 'DATE_INVALID' }));
  expect(() => absoluteDate(text, now)).toThrow(reason);
});
