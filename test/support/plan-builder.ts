/** Plans made by hand, for tests of what is shown and answered. */
import { defaultPolicy } from '../../src/definition/policy.ts';
import type { Outcome, Result } from '../../src/engine/run.ts';
import type { ObjectReference } from '../../src/manifest/manifest.ts';
import { ownerOf } from '../../src/manifest/owner.ts';
import type {
  Change,
  DeleteChange,
  KeepChange,
  OwnerPlan,
  Plan,
  SkipChange,
  WriteChange,
} from '../../src/plan/plan.ts';

/** `Deployment shop/web`, or `Namespace shop` for a cluster-wide kind. */
function reference(text: string): ObjectReference {
  const [kind = '', path = ''] = text.split(' ');
  const [first = '', second] = path.split('/');
  const group = kind === 'Deployment' ? 'apps' : '';
  return { group, version: 'v1', kind, namespace: second ? first : '', name: second ?? first };
}

export function write(
  action: WriteChange['action'],
  text: string,
  more: Partial<Pick<WriteChange, 'reason' | 'differences' | 'confidence' | 'immutable'>> = {},
): WriteChange {
  const object = reference(text);
  const { group, version, kind, name } = object;
  const manifest = { apiVersion: group ? `${group}/${version}` : version, kind, metadata: { name } };
  const origin = { source: 'web.yaml', document: 1, line: 1, column: 1 };
  return {
    action,
    reference: object,
    reason: 'is new',
    after: [],
    desired: { reference: object, manifest, origin, digest: 'digest' },
    take: [],
    yield: [],
    differences: [],
    confidence: 'server',
    recorded: false,
    ...more,
  };
}

export function remove(text: string): DeleteChange {
  return {
    action: 'delete',
    reference: reference(text),
    reason: 'is not in the manifests any more',
    after: [],
    uid: 'uid',
    resourceVersion: '1',
    propagation: 'Background',
  };
}

export function keep(text: string): KeepChange {
  return { action: 'keep', reference: reference(text), reason: 'is as wanted', after: [] };
}

export function skip(text: string, more: Pick<SkipChange, 'reason'> & Pick<SkipChange, 'code'>): SkipChange {
  return { action: 'skip', reference: reference(text), after: [], ...more };
}

export function ownerPlan(name: string, changes: readonly Change[], more: Partial<OwnerPlan> = {}): OwnerPlan {
  return {
    owner: ownerOf(name, 'home'),
    header: { name, set: 'default', server: '' },
    policy: defaultPolicy,
    desired: [],
    changes,
    problems: [],
    notes: [],
    forget: [],
    leaving: false,
    ...more,
  };
}

export function planOf(owners: readonly OwnerPlan[], more: Partial<Plan> = {}): Plan {
  return { set: 'default', server: 'https://127.0.0.1:6443', owners, problems: [], notes: [], guards: [], ...more };
}

export function outcome(owner: string, change: Change, more: Partial<Outcome> = {}): Outcome {
  return { owner, change, result: 'succeeded', ...more };
}

export function resultOf(plan: Plan, outcomes: readonly Outcome[], unhealthy: Result['unhealthy'] = []): Result {
  return { id: '2026-01-01T00:00:00.000Z-test', plan, outcomes, unhealthy, notes: [] };
}
