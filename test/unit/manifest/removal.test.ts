import { expect, test } from 'vitest';
import type { Manifest } from '../../../src/manifest/manifest.ts';
import { removalReason } from '../../../src/manifest/removal.ts';

const object = (kind: string, finalizers: readonly string[], status?: object, apiVersion = 'v1') =>
  ({ apiVersion, kind, metadata: { name: 'one', finalizers }, ...(status && { status }) }) as unknown as Manifest;

const conditions = [
  { type: 'NamespaceDeletionDiscoveryFailure', status: 'False', message: 'All resources successfully discovered' },
  { type: 'NamespaceContentRemaining', status: 'True', message: 'Some resources are remaining: pods. has 1' },
  { type: 'NamespaceFinalizersRemaining', status: 'True', message: 'Some content has finalizers: x in 1' },
  { type: 'example.com/Other', status: 'True', message: 'hello' },
];

test.each([
  ['names finalizers', object('ConfigMap', ['a.io/one', 'b.io/two']), 'waits for a.io/one, b.io/two'],
  [
    'says that it waits for what it owns',
    object('Deployment', ['foregroundDeletion'], undefined, 'apps/v1'),
    'waits for what it owns (foregroundDeletion)',
  ],
  ['of a Pod without finalizers', object('Pod', []), 'waits for its containers to end'],
  ['of anything else without finalizers', object('ConfigMap', []), 'is about to go'],
  [
    'of a Namespace says what is in it',
    object('Namespace', [], { conditions }),
    'Some resources are remaining: pods. has 1 Some content has finalizers: x in 1',
  ],
  ['of a Namespace of which nobody says anything yet', object('Namespace', [], {}), 'waits for its contents'],
  ['of a Namespace with a finalizer of its own', object('Namespace', ['a.io/x'], {}), 'waits for a.io/x'],
  ['of a Namespace of somebody else', object('Namespace', [], { conditions }, 'example.com/v1'), 'is about to go'],
])('The removal %s', (_title, manifest, expected) => {
  expect(removalReason(manifest)).toBe(expected);
});
