import { describe, expect, test } from 'vitest';
import type { IgnoreRule } from '../../../src/definition/policy.ts';
import type { FieldSet } from '../../../src/manifest/field-set.ts';
import { digestOf } from '../../../src/manifest/json.ts';
import type { Manifest } from '../../../src/manifest/manifest.ts';
import { markFields } from '../../../src/manifest/owner.ts';
import { heldIgnored, withoutIgnored } from '../../../src/plan/ignore.ts';
import { desired, manifest, owner, ref } from '../../support/make.ts';

const web = 'Deployment shop/web';
const spec = { replicas: 3, paused: false, containers: [{ name: 'web', image: 'web:1' }] };
const ignoring = (...rules: IgnoreRule[]) => withoutIgnored(desired(web, { spec }), rules);

describe('withoutIgnored', () => {
  test('leaves out the fields of rules that fit, and has the digest of what is left', () => {
    const left = ignoring({ kind: 'Deploy*', namespace: 'shop', name: '*', paths: ['spec.replicas'] });
    const { replicas: _, ...rest } = spec;
    expect(left.manifest).toEqual(manifest(web, { spec: rest }));
    expect(left.digest).toBe(digestOf(left.manifest));
    expect(left.digest).not.toBe(desired(web, { spec }).digest);
  });

  test.each<IgnoreRule>([
    { kind: 'StatefulSet', paths: ['spec'] },
    { namespace: 'other', paths: ['spec'] },
    { name: 'other*', paths: ['spec'] },
    { paths: ['spec.nothing', 'spec.containers[name=other].image'] },
    { paths: [] },
  ])('leaves the object as it is under %j', (rule) => {
    const object = desired(web, { spec });
    expect(withoutIgnored(object, [rule])).toBe(object);
  });

  test('takes the paths of all rules that fit', () => {
    const left = ignoring({ paths: ['spec.replicas'] }, { paths: ['spec.containers[name=web].image', 'spec.paused'] });
    expect(left.manifest['spec']).toEqual({ containers: [{ name: 'web' }] });
  });

  test('keeps what names the object', () => {
    const named = withoutIgnored(desired(web, { spec }), [{ paths: ['*'] }]);
    expect(named.manifest).toEqual(manifest(web));
    expect(withoutIgnored(desired('Namespace shop', {}, { a: 'b' }), [{ paths: ['metadata'] }]).manifest).toEqual(
      manifest('Namespace shop'),
    );
  });
});

describe('heldIgnored', () => {
  const a = owner('a');
  const live = (fieldsV1: FieldSet, manager = a.manager, operation = 'Apply'): Manifest => {
    const written = manifest(web, { spec });
    return {
      ...written,
      metadata: { ...written.metadata, managedFields: [{ manager, operation, fieldsV1 }] },
    } as never;
  };
  const held = { 'f:spec': { 'f:replicas': {}, 'f:paused': {} }, ...markFields(a) };
  const rules = [{ paths: ['spec.replicas', 'spec.containers[name=web].image'] }];

  test('is what the owner holds of what is ignored', () => {
    expect(heldIgnored(a, live(held), ref(web), rules)).toEqual({ 'f:spec': { 'f:replicas': {} } });
  });

  test('is nothing without such rules, and nothing of what others hold', () => {
    expect(heldIgnored(a, live(held), ref(web), [])).toBeUndefined();
    expect(
      heldIgnored(a, live(held), ref('Deployment shop/other'), [{ name: 'web', paths: ['spec'] }]),
    ).toBeUndefined();
    expect(heldIgnored(a, live(held, 'somebody'), ref(web), rules)).toBeUndefined();
    expect(heldIgnored(a, live(held, a.manager, 'Update'), ref(web), rules)).toBeUndefined();
  });

  test('is never the marks of the owner', () => {
    const labels = { 'f:metadata': { 'f:labels': { 'f:app': {}, ...markFields(a)['f:metadata']?.['f:labels'] } } };
    const marked = live(labels);
    const labelled = { ...marked, metadata: { ...marked.metadata, labels: { app: 'x', 'managed-by': 'vidra' } } };
    const paths = ['metadata.labels'];
    expect(heldIgnored(a, labelled, ref(web), [{ paths }])).toEqual({ 'f:metadata': { 'f:labels': { 'f:app': {} } } });
    expect(heldIgnored(a, live(markFields(a)), ref(web), [{ paths }])).toBeUndefined();
  });
});
