import { expect, test } from 'vitest';
import { type Checks, health } from '../../../src/server/health.ts';

const good: Checks = { leases: () => undefined };
const bad: Checks = { leases: () => undefined, reconcile: () => 'nothing was reconciled yet' };

function ask(checks: Checks, rest = '', query = '') {
  return health('readyz', checks)({ rest, query: new URLSearchParams(query), authorization: '' });
}

test('says ok, and what is ok when asked', () => {
  expect(ask(good)).toEqual({ status: 200, body: 'ok' });
  expect(ask(good, '', 'verbose')).toEqual({
    status: 200,
    body: '[+]ping ok\n[+]leases ok\nreadyz check passed\n',
  });
});

test('says what is not ok, and why', () => {
  const body = '[+]ping ok\n[+]leases ok\n[-]reconcile failed: nothing was reconciled yet\nreadyz check failed\n';
  expect(ask(bad)).toEqual({ status: 500, body });
  expect(ask(bad, '', 'verbose=1')).toEqual({ status: 500, body });
});

test('answers for one check, and for all but some', () => {
  expect(ask(bad, 'leases').status).toBe(200);
  expect(ask(bad, 'reconcile').status).toBe(500);
  expect(ask(bad, '', 'exclude=reconcile').status).toBe(200);
  expect(ask(bad, 'unknown').status).toBe(404);
  expect(ask(bad, 'constructor').status).toBe(404);
});
