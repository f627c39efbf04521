import { describe, expect, test } from 'vitest';
import { metadataOf, type RawObject } from '../../../src/cluster/metadata.ts';
import { collectionPath, objectPath, query } from '../../../src/cluster/path.ts';
import { parseStatus, statusError } from '../../../src/cluster/status-error.ts';

const type = (group: string, resource: string, namespaced: boolean) => ({
  group,
  version: 'v1',
  kind: 'Thing',
  resource,
  namespaced,
  verbs: [],
});

describe('paths', () => {
  test.each([
    ['', 'pods', true, 'shop', '/api/v1/namespaces/shop/pods/x'],
    ['apps', 'deployments', true, 'shop', '/apis/apps/v1/namespaces/shop/deployments/x'],
    ['', 'namespaces', false, '', '/api/v1/namespaces/x'],
    ['rbac.authorization.k8s.io', 'clusterroles', false, '', '/apis/rbac.authorization.k8s.io/v1/clusterroles/x'],
    ['', 'nodes', false, 'ignored', '/api/v1/nodes/x'],
  ])('of group "%s", %s', (group, resource, namespaced, namespace, expected) => {
    expect(objectPath(type(group, resource, namespaced), { namespace, name: 'x' })).toBe(expected);
  });

  test('of all namespaces', () => {
    expect(collectionPath(type('apps', 'deployments', true))).toBe('/apis/apps/v1/deployments');
  });

  test('names that mean something in a URL are escaped', () => {
    const roles = type('rbac.authorization.k8s.io', 'clusterroles', false);
    expect(objectPath(roles, { namespace: '', name: 'system:a/../b?c' })).toMatch(/\/system%3Aa%2F\.\.%2Fb%3Fc$/);
  });

  test('a query holds what is set, escaped', () => {
    expect(query({ labelSelector: 'a=b', force: undefined, x: '1&2' })).toBe('?labelSelector=a%3Db&x=1%262');
    expect(query({ force: undefined })).toBe('');
  });
});

describe('metadataOf', () => {
  const raw: RawObject = {
    apiVersion: 'apps/v1beta1',
    kind: 'Thing',
    metadata: {
      name: 'x',
      namespace: 'shop',
      uid: 'u',
      resourceVersion: '7',
      labels: { a: 'b' },
      finalizers: ['f'],
      deletionTimestamp: '2026-08-01T12:00:00Z',
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Whole', name: 'all', uid: 'w' }],
      managedFields: [
        { manager: 'm', operation: 'Apply', apiVersion: 'apps/v1', subresource: 'scale', fieldsV1: { 'f:spec': {} } },
      ],
    },
  };

  test('reads who the object is, and who owns what', () => {
    expect(metadataOf(raw, type('apps', 'things', true))).toEqual({
      reference: { group: 'apps', version: 'v1beta1', kind: 'Thing', namespace: 'shop', name: 'x' },
      uid: 'u',
      resourceVersion: '7',
      labels: { a: 'b' },
      annotations: {},
      finalizers: ['f'],
      deleting: true,
      managers: [
        { manager: 'm', operation: 'Apply', subresource: 'scale', fields: expect.stringMatching(/^[\w-]{22}$/) },
      ],
      ownedBy: [{ apiVersion: 'apps/v1', kind: 'Whole', uid: 'w' }],
    });
  });

  test('takes kind and version of an item without a kind of its own from its type', () => {
    const item = { ...raw, kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1' };
    expect(metadataOf(item, type('apps', 'things', true)).reference).toMatchObject({ kind: 'Thing', version: 'v1' });
  });

  test('tells the object that it is a part of from others that it belongs to', () => {
    const [one, two] = [
      { kind: 'Namespace', name: 'shop' },
      { kind: 'ReplicaSet', name: 'web', controller: true, uid: 'v' },
    ] as const;
    const owned = (...ownerReferences: object[]) =>
      metadataOf({ metadata: { ...raw.metadata, ownerReferences } } as RawObject, type('apps', 'things', true));
    expect(owned(one, two).controller).toEqual({ kind: 'ReplicaSet', name: 'web' });
    expect(owned(one)).not.toHaveProperty('controller');
  });

  test('reads an object with nothing but a name', () => {
    expect(metadataOf({ metadata: { name: 'x', uid: 'u' } }, type('', 'things', false))).toMatchObject({
      reference: { namespace: '', name: 'x' },
      labels: {},
      finalizers: [],
      deleting: false,
      managers: [],
    });
  });

  test('the digest of an entry changes with its fields and version, and not with its time', () => {
    const digest = (more: object) => {
      const base = { manager: 'm', operation: 'Apply', apiVersion: 'v1', fieldsV1: { 'f:a': {}, 'f:b': {} } };
      const managedFields = [{ ...base, ...more }];
      return metadataOf({ metadata: { name: 'x', uid: 'u', managedFields } }, type('', 'things', false)).managers[0]
        ?.fields;
    };
    expect(digest({ time: 'now' })).toBe(digest({ time: 'later' }));
    expect(digest({ fieldsV1: { 'f:a': {} } })).not.toBe(digest({}));
    expect(digest({ apiVersion: 'v2' })).not.toBe(digest({}));
  });
});

describe('refusals', () => {
  test.each([
    [401, 'CLUSTER_UNAUTHORIZED'],
    [403, 'CLUSTER_FORBIDDEN'],
    [404, 'NOT_FOUND'],
    [405, 'KIND_UNSUPPORTED'],
    [415, 'KIND_UNSUPPORTED'],
    [400, 'CLUSTER_REFUSED'],
    [409, 'CLUSTER_REFUSED'],
    [422, 'CLUSTER_REFUSED'],
    [429, 'CLUSTER_FAILED'],
    [500, 'CLUSTER_REFUSED'],
    [502, 'CLUSTER_FAILED'],
    [503, 'CLUSTER_FAILED'],
    [504, 'CLUSTER_FAILED'],
  ])('with HTTP status %i are %s', (status, code) => {
    const error = statusError(status, { message: 'because' }, 'Deployment shop/web');
    expect(error).toMatchObject({ code, message: 'Deployment shop/web: because' });
  });

  test('with HTTP status 500 are failures of the server when they have a reason', () => {
    const status = { reason: 'InternalError', message: 'etcdserver: request timed out' };
    expect(statusError(500, status, 'Deployment shop/web').code).toBe('CLUSTER_FAILED');
  });

  test('without a message name their status', () => {
    expect(statusError(503, parseStatus(''), 'list of pods').message).toBe('list of pods: HTTP status 503');
  });

  test('that are no Status are shown as they come, up to a length', () => {
    expect(parseStatus('<html>Bad Gateway</html>')).toEqual({ message: '<html>Bad Gateway</html>' });
    expect(parseStatus('{"error":"x"}').message).toBe('{"error":"x"}');
    expect(parseStatus('null').message).toBe('null');
    expect(parseStatus('x'.repeat(5000)).message?.length).toBe(300);
  });

  test('that are a Status are read', () => {
    const status = { kind: 'Status', message: 'no', reason: 'Forbidden' };
    expect(parseStatus(JSON.stringify(status))).toEqual(status);
  });
});
