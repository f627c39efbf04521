import { describe, expect, test } from 'vitest';
import { claimsOf, enforcedClaimsOf, withoutClaims } from '../../../src/plan/claims.ts';
import { manifest } from '../../support/make.ts';

const service = (spec: object) => manifest('Service shop/web', { spec: spec as never });

describe('what only one object can have', () => {
  test('of a Service: ports of the nodes and addresses', () => {
    const ports = [{ port: 80, nodePort: 30_080 }, { port: 81 }, { port: 82, nodePort: 0 }];
    const more = { clusterIP: '10.0.0.7', clusterIPs: ['10.0.0.7', 'fd00::7'], loadBalancerIP: '192.0.2.1' };
    expect(claimsOf(service({ ports, ...more, externalIPs: ['192.0.2.9'], healthCheckNodePort: 30_081 }))).toEqual([
      'nodePort 30081',
      'nodePort 30080',
      'clusterIP 10.0.0.7',
      'clusterIP fd00::7',
      'loadBalancerIP 192.0.2.1',
      'externalIP 192.0.2.9',
    ]);
  });

  test('of an Ingress: hosts with their paths', () => {
    const paths = [{ path: '/cart', pathType: 'Prefix' }, { pathType: 'Prefix' }];
    const rules = [
      { host: 'shop.example.org', http: { paths } },
      { http: { paths: [{ path: '/x' }] } },
      { host: 'no' },
    ];
    const ingress = { ...manifest('Ingress shop/web', { spec: { rules } }), apiVersion: 'networking.k8s.io/v1' };
    expect(claimsOf(ingress)).toEqual(['shop.example.org/cart', 'shop.example.org/', '*/x']);
    const classed = { ...ingress, spec: { ingressClassName: 'nginx', rules: rules.slice(1) } };
    expect(claimsOf(classed)).toEqual(['*/x of class nginx']);
  });

  test('of most objects nothing', () => {
    expect(claimsOf(service({ clusterIP: 'None', ports: [{ port: 80 }] }))).toEqual([]);
    expect(claimsOf(service({ clusterIP: '' }))).toEqual([]);
    expect(claimsOf(manifest('Service shop/web'))).toEqual([]);
    expect(claimsOf(manifest('ConfigMap shop/web', { spec: { ports: [{ nodePort: 30_080 }] } }))).toEqual([]);
    expect(claimsOf(manifest('PriorityClass high', { globalDefault: false }))).toEqual([]);
    expect(claimsOf(manifest('PriorityClass high', { globalDefault: true }))).toEqual(['globalDefault']);
  });
});

test('some are given out by the API server, others only make no sense twice', () => {
  const spec = { ports: [{ port: 80, nodePort: 30_080 }], clusterIP: '10.0.0.7', externalIPs: ['192.0.2.9'] };
  expect(enforcedClaimsOf(service(spec))).toEqual(['nodePort 30080', 'clusterIP 10.0.0.7']);
});

describe('a Service without some of its ports of the nodes', () => {
  const ports = [{ port: 80, nodePort: 30_080 }, { port: 81, nodePort: 30_081 }, { port: 82 }];
  const asking = service({ ports, healthCheckNodePort: 30_082, type: 'LoadBalancer' });

  test('is the same but for them, and it is told which they were', () => {
    const { rest, claims } = withoutClaims(asking, ['spec.ports[1].nodePort', 'spec.healthCheckNodePort']);
    expect(claims).toEqual(['nodePort 30082', 'nodePort 30081']);
    expect(rest['spec']).toEqual({ ports: [ports[0], { port: 81 }, ports[2]], type: 'LoadBalancer' });
    expect(rest.metadata).toEqual(asking.metadata);
  });

  test('is the same when there is no such port', () => {
    const untouched = { rest: asking, claims: [] };
    expect(withoutClaims(asking, [])).toEqual(untouched);
    expect(withoutClaims(asking, ['spec.ports[2].nodePort', 'spec.ports[3].nodePort', 'spec.type'])).toEqual(untouched);
    const bare = manifest('Service shop/web');
    expect(withoutClaims(bare, ['spec.ports[0].nodePort'])).toEqual({ rest: bare, claims: [] });
  });
});
