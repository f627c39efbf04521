import { describe, expect, test } from 'vitest';
import type { FieldSet, ManagedFields } from '../../../src/manifest/field-set.ts';
import { ownerField, upstreamField } from '../../../src/manifest/owner.ts';
import { type Estate, lastApplied, legaciesOf } from '../../../src/plan/inheritance.ts';
import { manifest, owner } from '../../support/make.ts';

const me = owner('a');
const data = (...keys: string[]): FieldSet => ({ 'f:data': Object.fromEntries(keys.map((key) => [`f:${key}`, {}])) });
const record: FieldSet = { 'f:metadata': { 'f:annotations': { [`f:${lastApplied}`]: {} } } };
const held = (manager: string, fieldsV1: FieldSet, more: ManagedFields = {}): ManagedFields => ({
  manager,
  operation: 'Update',
  apiVersion: 'v1',
  fieldsV1,
  ...more,
});
const config = (values: Record<string, string>, annotations?: Record<string, string>) =>
  manifest('ConfigMap shop/a', { data: values }, annotations);

/** What is inherited of whom, as `manager: what it loses, what the owner gains`. */
function inherited(entries: ManagedFields[], more: Partial<Estate> = {}) {
  const live = more.live ?? config({ a: '1', b: '2' });
  const estate = { owner: me, adopting: true, live, entries, takesUpstream: false, ...more };
  return legaciesOf(estate).map(({ manager, fields, gain, isWritten }) => ({ manager, fields, gain, isWritten }));
}

describe('of an object that is taken over, an owner inherits', () => {
  test.each([
    ['kubectl-edit', 'Update', true],
    ['kubectl-patch', 'Update', true],
    ['kubectl-label', 'Update', true],
    ['kubectl', 'Apply', true],
    ['kubectl-create', 'Update', false],
    ['kubectl-client-side-apply', 'Update', false],
    ['kubectl', 'Update', false],
  ])('all of %s (%s), known to be written: %s', (manager, operation, isWritten) => {
    const [fields, gain] = [data('a'), data('a')];
    expect(inherited([held(manager, data('a'), { operation })])).toEqual([{ manager, fields, gain, isWritten }]);
  });

  test.each([
    ['kubectl-scale', {}],
    ['kubectl-rollout', {}],
    ['kubectl-drain', {}],
    ['kubectl', { subresource: 'scale' }],
    ['kubectl-edit', { subresource: 'status' }],
    ['helm', {}],
    ['kube-controller-manager', {}],
    ['cert-manager', { operation: 'Apply' }],
    ['before-first-apply', {}],
    [owner('b').manager, { operation: 'Apply' }],
    [me.manager, { operation: 'Apply' }],
  ])('nothing of %s %j', (manager, more) => {
    expect(inherited([held(manager, data('a'), more)])).toEqual([]);
  });

  test('no status, which the server keeps for others', () => {
    expect(inherited([held('kubectl-create', { 'f:status': { 'f:phase': {} } })])).toEqual([]);
  });

  const written = (value: string) => ({ [lastApplied]: value });
  const applied = { 'f:metadata': record['f:metadata'] as FieldSet, ...data('a', 'b') };

  test('of kubectl apply what it wrote, and not what the server added to that', () => {
    const live = config({ a: '1', b: '2' }, written(JSON.stringify(config({ a: '1' }))));
    expect(inherited([held('kubectl-client-side-apply', applied)], { live })).toEqual([
      {
        manager: 'kubectl-client-side-apply',
        fields: applied,
        gain: { ...record, ...data('a') },
        isWritten: true,
      },
    ]);
  });

  test.each(['', '{', '[]', '{"kind":"ConfigMap"}'])('all of it where its record is %j', (text) => {
    const live = config({ a: '1' }, written(text));
    const [found] = inherited([held('kubectl-client-side-apply', applied)], { live });
    expect(found).toMatchObject({ gain: applied, isWritten: false });
  });

  test('the same of who applies as kubectl does, under whatever name', () => {
    const live = config({ a: '1' }, written(JSON.stringify(config({ a: '1' }))));
    const fields = { ...record, ...data('a') };
    expect(inherited([held('pipeline', applied)], { live })).toEqual([
      { manager: 'pipeline', fields, gain: fields, isWritten: true },
    ]);
  });

  test('the record of kubectl, whoever holds it', () => {
    const live = config({ a: '1' }, written('{'));
    expect(inherited([held('pipeline', applied)], { live })).toEqual([
      { manager: 'pipeline', fields: record, gain: record, isWritten: true },
    ]);
  });

  test('of what was there before anybody applied only what kubectl wrote, and nobody changed since', () => {
    const live = config({ a: '1', b: '2', c: '3' }, written(JSON.stringify(config({ a: '1', b: 'other' }))));
    const all = { ...record, ...data('a', 'b', 'c') };
    const fields = { ...record, ...data('a') };
    expect(inherited([held('before-first-apply', all)], { live })).toEqual([
      { manager: 'before-first-apply', fields, gain: fields, isWritten: true },
    ]);
  });
});

describe('of an object that it has already, an owner inherits', () => {
  const own = held(me.manager, data('a'), { operation: 'Apply' });
  const copied = { 'f:metadata': ownerField(me)['f:metadata'] as FieldSet, ...data('a', 'b', 'c') };
  const having = (entries: ManagedFields[], more: Partial<Estate> = {}) =>
    inherited(entries, { adopting: false, ...more }).map(({ manager, fields }) => [manager, fields]);

  test('what others hold beside it of its own', () => {
    const others = ['before-first-apply', 'kubectl-create'].map((manager) => held(manager, data('a', 'b')));
    expect(having([own, ...others])).toEqual(others.map(({ manager }) => [manager, data('a')]));
  });

  test('nothing of controllers, of other owners, and of who applies', () => {
    const others = ['controller', 'kubectl-scale', owner('b').manager].map((manager) => held(manager, data('a')));
    expect(having([own, ...others, held('kubectl', data('a'), { operation: 'Apply' })])).toEqual([]);
  });

  test('what it applied last, and nobody changed since, of who wrote down everything', () => {
    const lastWish = config({ b: '2', c: 'other' });
    const live = config({ a: '1', b: '2', c: '3' });
    expect(having([held('before-first-apply', copied)], { live, lastWish })).toEqual([
      ['before-first-apply', data('b')],
    ]);
    expect(having([held('velero', copied)], { live, lastWish })).toEqual([['velero', data('b')]]);
    expect(having([held('before-first-apply', data('a', 'b'))], { live, lastWish })).toEqual([]);
  });

  test("all of upstream's operator, when everybody for whom it wrote is here", () => {
    const operator = held('manager', { ...upstreamField, ...data('a') });
    expect(having([operator], { takesUpstream: true })).toEqual([['manager', operator.fieldsV1]]);
    expect(having([operator])).toEqual([]);
    expect(having([held('manager', data('a'))], { takesUpstream: true })).toEqual([]);
  });
});
