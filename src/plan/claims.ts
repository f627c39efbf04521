/** What only one object can have at a time: two that want the same cannot stand side by side. */
import type { JsonObject, JsonValue, Manifest } from '../manifest/manifest.ts';
import { isObject } from '../manifest/shape.ts';

/** For people, and equal where two objects of one kind want the same: `nodePort 30080`, `shop.example.org/cart`. */
export function claimsOf(manifest: Manifest): string[] {
  const spec = manifest['spec'];
  if (manifest.kind === 'PriorityClass') return manifest['globalDefault'] === true ? ['globalDefault'] : [];
  if (!isObject(spec)) return [];
  if (manifest.kind === 'Service' && manifest.apiVersion === 'v1') return claimsOfService(spec);
  if (manifest.kind === 'Ingress' && manifest.apiVersion.startsWith('networking.k8s.io/')) return claimsOfIngress(spec);
  return [];
}

/** Those of them that the API server itself gives to one object only. */
export function enforcedClaimsOf(manifest: Manifest): string[] {
  return claimsOf(manifest).filter((claim) => /^(nodePort|clusterIP|globalDefault)\b/.test(claim));
}

/** The manifest of a Service without some ports of the nodes, given by their fields as the API server writes them, and what it claims by them. */
export function withoutClaims(
  manifest: Manifest,
  fields: readonly string[],
): { readonly rest: Manifest; readonly claims: readonly string[] } {
  const spec = manifest['spec'];
  if (!isObject(spec)) return { rest: manifest, claims: [] };
  const { healthCheckNodePort, ...others } = spec;
  const isHealthPort = fields.includes('spec.healthCheckNodePort');
  const ports = itemsOf(spec['ports']).map(({ nodePort, ...port }, index) => {
    const isNamed = fields.includes(`spec.ports[${index}].nodePort`);
    return { port: isNamed || nodePort === undefined ? port : { ...port, nodePort }, lost: isNamed && nodePort };
  });
  const rest = {
    ...(isHealthPort ? others : spec),
    ...(spec['ports'] !== undefined && { ports: ports.map(({ port }) => port) }),
  };
  const lost = [isHealthPort && healthCheckNodePort, ...ports.map((one) => one.lost)];
  return { rest: { ...manifest, spec: rest }, claims: unique(named('nodePort', lost)) };
}

function claimsOfService(spec: JsonObject): string[] {
  const nodePorts = [spec['healthCheckNodePort'], ...itemsOf(spec['ports']).map((port) => port['nodePort'])];
  const clusterIPs = [spec['clusterIP'], ...listOf(spec['clusterIPs'])].filter((address) => address !== 'None');
  return unique([
    ...named('nodePort', nodePorts),
    ...named('clusterIP', clusterIPs),
    ...named('loadBalancerIP', [spec['loadBalancerIP']]),
    ...named('externalIP', listOf(spec['externalIPs'])),
  ]);
}

// Controllers of different classes mind the same hosts side by side.
function claimsOfIngress(spec: JsonObject): string[] {
  const suffix = spec['ingressClassName'] ? ` of class ${spec['ingressClassName']}` : '';
  return unique(
    itemsOf(spec['rules']).flatMap(({ host, http }) => {
      const paths = isObject(http) ? itemsOf(http['paths']) : [];
      return paths.map(({ path }) => `${host || '*'}${path || '/'}${suffix}`);
    }),
  );
}

function named(what: string, values: readonly (JsonValue | undefined)[]): string[] {
  return values.filter((value) => Boolean(value)).map((value) => `${what} ${value}`);
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}

function itemsOf(value: JsonValue | undefined): JsonObject[] {
  return listOf(value).filter(isObject);
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
