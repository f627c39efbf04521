import { describe, expect, test } from 'vitest';
import type { ManagedFields } from '../../../src/manifest/field-set.ts';
import {
  appliedBy,
  atVersion,
  cutFrom,
  giveTo,
  heldFields,
  partOf,
  renameApplied,
  withoutApplied,
} from '../../../src/manifest/managed-fields.ts';

const data = (...keys: string[]) => ({ 'f:data': Object.fromEntries(keys.map((key) => [`f:${key}`, {}])) });
const entry = (manager: string, operation: string, keys: string[], more: Partial<ManagedFields> = {}) => ({
  manager,
  operation,
  apiVersion: 'v1',
  fieldsType: 'FieldsV1',
  fieldsV1: data(...keys),
  ...more,
});
const ours = entry('vidra:a', 'Apply', ['one']);
const theirs = entry('kubectl', 'Update', ['one', 'two']);
const scale = entry('kubectl', 'Update', ['three'], { subresource: 'scale' });
const entries = [ours, theirs, scale];

describe('entries of managedFields', () => {
  test('are told apart by manager, operation, subresource and version', () => {
    const older = { ...theirs, apiVersion: 'v1beta1' };
    expect(cutFrom([...entries, older], partOf(theirs))).toEqual([ours, scale, older]);
    expect(appliedBy('vidra:a', entries)).toBe(ours);
    expect(appliedBy('kubectl', entries)).toBeUndefined();
  });

  test('lose fields, and go with the last one', () => {
    expect(cutFrom(entries, { ...partOf(theirs), fields: data('two', 'none') })).toEqual([
      ours,
      { ...theirs, fieldsV1: data('one') },
      scale,
    ]);
  });

  test('keep an object of which they keep something, and nothing of an item that they lose', () => {
    const item = { '.': {}, 'f:name': {}, 'f:image': {} };
    const whole = { 'f:spec': { '.': {}, 'f:a': {}, 'f:b': {}, 'f:list': { 'k:{"name":"x"}': item } } };
    const cut = { '.': {}, 'f:a': {}, 'f:list': { 'k:{"name":"x"}': { '.': {}, 'f:name': {} } } };
    const entry = { ...theirs, fieldsV1: whole };
    const [left] = cutFrom([entry], { ...partOf(entry), fields: { 'f:spec': cut } });
    expect(left?.fieldsV1).toEqual({ 'f:spec': { '.': {}, 'f:b': {} } });
    expect(cutFrom([entry], { ...partOf(entry), fields: whole })).toEqual([]);
    const inside = { 'f:spec': { 'f:a': {}, 'f:b': {}, 'f:list': { 'k:{"name":"x"}': item } } };
    expect(cutFrom([entry], { ...partOf(entry), fields: inside })).toEqual([]);
    const leaf = { ...theirs, fieldsV1: { 'f:spec': {} } };
    expect(cutFrom([leaf], { ...partOf(leaf), fields: { 'f:spec': { 'f:a': {} } } })).toEqual([leaf]);
  });

  test('give an owner more fields, and make its entry where it has none', () => {
    expect(giveTo(entries, 'vidra:a', data('two'), 'v2')[0]).toEqual({ ...ours, fieldsV1: data('one', 'two') });
    const made = entry('vidra:b', 'Apply', ['two'], { apiVersion: 'v2' });
    expect(giveTo(entries, 'vidra:b', data('two'), 'v2')).toEqual([...entries, made]);
    expect(giveTo(entries, 'vidra:b', {}, 'v2')).toBe(entries);
  });

  test('change owner, together with what the new one has', () => {
    const b = entry('vidra:b', 'Apply', ['two']);
    expect(renameApplied(entries, 'vidra:a', 'vidra:b')).toEqual([theirs, scale, { ...ours, manager: 'vidra:b' }]);
    expect(renameApplied([...entries, b], 'vidra:a', 'vidra:b')).toEqual([
      theirs,
      scale,
      { ...b, fieldsV1: data('two', 'one') },
    ]);
    expect(renameApplied(entries, 'vidra:b', 'vidra:a')).toEqual(entries);
    expect(renameApplied(entries, 'vidra:a', 'vidra:a')).toEqual(entries);
    expect(withoutApplied(entries, 'vidra:a')).toEqual([theirs, scale]);
  });

  test('move to another version, as one where they are the same then', () => {
    const older = entry('kubectl', 'Update', ['four'], { apiVersion: 'v1beta1' });
    expect(atVersion([...entries, older], ['v1beta1'], 'v1')).toEqual([
      ours,
      { ...theirs, fieldsV1: data('one', 'two', 'four') },
      scale,
    ]);
  });

  test('hold what any of them holds', () => {
    expect(heldFields(entries)).toEqual(data('one', 'two', 'three'));
    expect(heldFields([])).toEqual({});
  });
});
