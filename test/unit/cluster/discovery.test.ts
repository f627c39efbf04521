import { describe, expect, test } from 'vitest';
import { discoveryAccept, readDiscovery } from '../../../src/cluster/discovery.ts';

function resource(resource: string, kind: string, scope: 'Namespaced' | 'Cluster' = 'Namespaced') {
  const verbs = ['get', 'list'];
  const responseKind = { group: '', version: '', kind };
  return { resource, responseKind, scope, verbs, ...(kind === 'Pod' && { subresources: [{ subresource: 'status' }] }) };
}

const core = {
  items: [
    {
      metadata: {},
      versions: [
        { version: 'v1', resources: [resource('pods', 'Pod'), resource('namespaces', 'Namespace', 'Cluster')] },
      ],
    },
  ],
};
const groups = {
  items: [
    {
      metadata: { name: 'autoscaling' },
      versions: [
        { version: 'v2', resources: [resource('horizontalpodautoscalers', 'HorizontalPodAutoscaler')] },
        { version: 'v1', resources: [resource('horizontalpodautoscalers', 'HorizontalPodAutoscaler')] },
      ],
    },
    {
      metadata: { name: 'example.org' },
      versions: [{ version: 'v1', resources: [resource('pods', 'Pod', 'Cluster')] }],
    },
    { metadata: { name: 'down.example.org' }, versions: [{ version: 'v1' }] },
    { metadata: { name: 'empty.example.org' } },
  ],
};

describe('readDiscovery', () => {
  const discovery = readDiscovery([core, groups]);

  test('knows where objects of a kind are, and in which scope', () => {
    expect(discovery.typeOf({ group: '', version: 'v1', kind: 'Namespace' })).toEqual({
      group: '',
      version: 'v1',
      kind: 'Namespace',
      resource: 'namespaces',
      namespaced: false,
      verbs: ['get', 'list'],
      subresources: [],
    });
    const pod = discovery.typeOf({ group: '', version: 'v1', kind: 'Pod' });
    expect(pod).toMatchObject({ namespaced: true, subresources: ['status'] });
  });

  test('gives the version that is asked for, or the preferred one where that is not served', () => {
    const version = (wanted: string) =>
      discovery.typeOf({ group: 'autoscaling', version: wanted, kind: 'HorizontalPodAutoscaler' })?.version;
    expect(version('v1')).toBe('v1');
    expect(version('v2')).toBe('v2');
    expect(version('v2beta2')).toBe('v2');
    expect(version('')).toBe('v2');
  });

  test('tells kinds of the same name in different groups apart', () => {
    expect(discovery.typeOf({ group: 'example.org', version: 'v1', kind: 'Pod' })?.namespaced).toBe(false);
  });

  test.each([
    ['', 'Deployment'],
    ['apps', 'Pod'],
    ['down.example.org', 'Thing'],
    ['empty.example.org', 'Thing'],
  ])('does not know the kind %s/%s', (group, kind) => {
    expect(discovery.typeOf({ group, version: 'v1', kind })).toBeUndefined();
  });

  test('lists every kind once, at its preferred version', () => {
    expect(discovery.types.map(({ group, version, kind }) => `${group}/${version} ${kind}`)).toEqual([
      '/v1 Pod',
      '/v1 Namespace',
      'autoscaling/v2 HorizontalPodAutoscaler',
      'example.org/v1 Pod',
    ]);
  });

  test('passes over resources without a kind', () => {
    const strange = {
      items: [
        {
          metadata: { name: 'x' },
          versions: [{ version: 'v1', resources: [{ resource: 'things', scope: 'Cluster' as const }] }],
        },
      ],
    };
    expect(readDiscovery([strange]).types).toEqual([]);
  });

  test.each([
    ['the kind before aggregation', { kind: 'APIGroupList', groups: [] }],
    ['nothing', {}],
  ])('refuses %s: without kinds, everything would seem to be gone', (_case, answer) => {
    expect(() => readDiscovery([core, answer])).toThrow(expect.objectContaining({ code: 'CLUSTER_REFUSED' }));
  });
});

test('The server is asked for both versions of the aggregated kind, the stable one first', () => {
  expect(discoveryAccept).toBe(
    'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList',
  );
});
