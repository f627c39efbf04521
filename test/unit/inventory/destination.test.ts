import { expect, test } from 'vitest';
import { destinationServer } from '../../../src/inventory/inventory.ts';

test.each([
  [undefined, ''],
  ['', ''],
  ['https://kubernetes.default', ''],
  ['https://kubernetes.default.svc', ''],
  ['https://kubernetes.default.svc/', ''],
  ['https://kubernetes.default.svc:443', ''],
  ['https://kubernetes.default.svc.cluster.local', ''],
  ['https://kubernetes.default.svc:6443', 'https://kubernetes.default.svc:6443'],
  ['https://kubernetes.default.svc.example.org', 'https://kubernetes.default.svc.example.org'],
  ['https://other.example.org/', 'https://other.example.org'],
])('The destination %s is recorded as "%s"', (server, recorded) => {
  expect(destinationServer(server)).toBe(recorded);
});
