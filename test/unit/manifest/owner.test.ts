import { describe, expect, test } from 'vitest';
import {
  emptyManifest,
  isMarkedBy,
  isOwnerManager,
  markedBy,
  markedOwners,
  ownerOf,
  ownersBut,
} from '../../../src/manifest/owner.ts';
import { live, manifest } from '../../support/make.ts';

const home = '0a1b2c3d-0000-4000-8000-000000000001';
const elsewhere = '9f8e7d6c-0000-4000-8000-000000000002';
const a = ownerOf('a', home);
const b = ownerOf('b', home);
const upstream = (owners: string) => ({ 'vidraresource.infrahub.operators.com/owned-by': owners });

describe('ownerOf', () => {
  test('gives another id and manager to each name and home, and always the same', () => {
    expect(ownerOf('a', home)).toEqual(a);
    expect(a.manager).toBe('vidra:a@0a1b2c3d');
    const others = [b, ownerOf('a', elsewhere)];
    for (const other of others) {
      expect(other.id).not.toBe(a.id);
      expect(other.manager).not.toBe(a.manager);
    }
  });

  test('hashes a manager that the server would not take', () => {
    const longest = ownerOf('n'.repeat(113), home);
    const longer = ownerOf('n'.repeat(114), home);
    expect(longest.manager).toHaveLength(128);
    expect(longer.manager).toBe(`vidra:${longer.id}`);
    expect(isOwnerManager(longer.manager)).toBe(true);
  });
});

describe('marks', () => {
  test('are added to those of the manifest, which stays as it is', () => {
    const written = manifest('ConfigMap shop/config', {}, { note: 'x' });
    const marked = markedBy(a, written);
    expect(marked.metadata).toEqual({
      name: 'config',
      namespace: 'shop',
      labels: { 'managed-by': 'vidra' },
      annotations: { note: 'x', [`owner.vidra.infrahub.operators.com/${a.id}`]: `${home}/a` },
    });
    expect(written.metadata).not.toHaveProperty('labels');
  });

  test('say whose an object is, each of them alone', () => {
    const both = live('ConfigMap shop/config', [a]);
    expect(isMarkedBy(a, both)).toBe(true);
    expect(isMarkedBy(a, { ...both, managers: [] })).toBe(true);
    expect(isMarkedBy(a, { ...both, annotations: {} })).toBe(true);
    expect(isMarkedBy(a, { annotations: upstream('b, a'), managers: [] })).toBe(true);
    expect(isMarkedBy(b, both)).toBe(false);
    expect(isMarkedBy(ownerOf('a', elsewhere), both)).toBe(false);
    expect(isMarkedBy(a, { annotations: upstream('ab'), managers: [{ manager: 'vidra:a' }] })).toBe(false);
  });

  test('are read for the owners of one home', () => {
    const shared = live('ConfigMap shop/config', [a, b, ownerOf('c', elsewhere)]);
    expect(markedOwners(home, shared).sort()).toEqual(['a', 'b']);
    expect(markedOwners(elsewhere, shared)).toEqual(['c']);
  });
});

describe('ownersBut', () => {
  test('names all who have a mark on it, whatever mark, once', () => {
    const shared = live('ConfigMap shop/config', [a, b], { annotations: upstream('b, c') });
    expect(ownersBut([], shared).sort()).toEqual(['a', 'b', 'c']);
    expect(ownersBut([a], shared).sort()).toEqual(['b', 'c']);
    expect(ownersBut([a, b], shared)).toEqual(['c']);
    expect(ownersBut([a], { ...shared, annotations: {} })).toEqual(['b']);
  });

  test('does not take an owner of another home for ours of the same name', () => {
    expect(ownersBut([a], live('ConfigMap shop/config', [ownerOf('a', elsewhere)]))).toEqual(['a']);
  });

  test('names nobody on an object of somebody else', () => {
    const managers = [{ manager: 'kubectl', operation: 'Update', subresource: '', fields: 'x' }];
    expect(ownersBut([], live('ConfigMap shop/config', [], { managers, annotations: upstream(' ,') }))).toEqual([]);
  });
});

test('An empty manifest names the object and nothing else', () => {
  const kind = { apiVersion: 'v1', kind: 'ConfigMap' };
  expect(emptyManifest(kind, { name: 'config', namespace: 'shop' })).toEqual({
    ...kind,
    metadata: { name: 'config', namespace: 'shop' },
  });
  expect(emptyManifest(kind, { name: 'shop', namespace: '' })).toEqual({ ...kind, metadata: { name: 'shop' } });
});
