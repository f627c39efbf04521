import { describe, expect, test } from 'vitest';
import { defaultConduct } from '../../../src/definition/conduct.ts';
import { examples } from '../../../src/definition/examples.ts';
import { loadDefinitions, parseDefinitions } from '../../../src/definition/parse.ts';
import { defaultPolicy } from '../../../src/definition/policy.ts';
import type { Rule } from '../../../src/definition/rule.ts';
import { specRules } from '../../../src/definition/rules.ts';

const group = 'infrahub.operators.com/v1alpha1';
const sync = (name: string, spec = "{source: {infrahubAPIURL: 'http://a', artefactName: x}}") =>
  `---\napiVersion: ${group}\nkind: InfrahubSync\nmetadata: {name: ${name}}\nspec: ${spec}\n`;

function parse(...contents: string[]) {
  return parseDefinitions(contents.map((content, index) => ({ name: `${index + 1}.yaml`, content })));
}

function problems(...contents: string[]) {
  const parsed = parse(...contents);
  return parsed.problems.map(({ code, message }) => `${code} ${message}`);
}

describe('a definition', () => {
  test('that says the least gets the defaults', () => {
    expect(parse(sync('s'))).toEqual({
      definitions: [
        {
          kind: 'InfrahubSync',
          name: 's',
          origin: { source: '1.yaml', document: 1, line: 2, column: 1 },
          source: { infrahubAPIURL: 'http://a', artefactName: 'x', targetBranch: 'main' },
          destination: { reconcileOnEvents: false },
          policy: defaultPolicy,
          ...defaultConduct,
        },
      ],
      problems: [],
    });
  });

  test('that says everything keeps it', () => {
    const text = `
apiVersion: ${group}
kind: InfrahubSync
metadata: {name: s, namespace: x, labels: {a: b}, annotations: {c: d}, finalizers: [e/f], ownerReferences: []}
spec:
  source: {infrahubAPIURL: 'https://a.b:8000/c/d-1', artefactName: x y, targetBranch: dev, targetDate: 2026-11-22}
  destination: {server: 'https://k:6443', namespace: web, reconcileOnEvents: yes}
status: {syncState: Succeeded}
`;
    expect(parse(text)).toMatchObject({
      definitions: [
        {
          source: {
            infrahubAPIURL: 'https://a.b:8000/c/d-1',
            artefactName: 'x y',
            targetBranch: 'dev',
            targetDate: '2026-11-22',
          },
          destination: { server: 'https://k:6443', namespace: 'web', reconcileOnEvents: true },
          policy: defaultPolicy,
          ...defaultConduct,
        },
      ],
      problems: [],
    });
  });

  test('may leave fields empty that it need not fill', () => {
    const spec = "{source: {infrahubAPIURL: 'http://a', artefactName: x, targetBranch: , targetDate: }, destination: }";
    expect(parse(sync('s', spec))).toEqual(parse(sync('s')));
  });

  test('may be a VidraResource in JSON', () => {
    const text = JSON.stringify({
      apiVersion: group,
      kind: 'VidraResource',
      metadata: { name: 'r' },
      spec: { manifest: 'a: 1\n', reconciledAt: '2026-11-22T12:00:00+01:00' },
    });
    expect(parse(text)).toEqual({
      definitions: [
        {
          kind: 'VidraResource',
          name: 'r',
          origin: { source: '1.yaml', document: 1, line: 1, column: 1 },
          manifest: 'a: 1\n',
          destination: { reconcileOnEvents: false },
          policy: defaultPolicy,
          ...defaultConduct,
        },
      ],
      problems: [],
    });
  });

  test('of one kind may have the name of one of the other', () => {
    const resource = `---\napiVersion: ${group}\nkind: VidraResource\nmetadata: {name: s}\nspec: {manifest: ''}\n`;
    expect(parse(sync('s') + resource, sync('t')).definitions.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'InfrahubSync s',
      'VidraResource s',
      'InfrahubSync t',
    ]);
  });
});

describe('the examples', () => {
  test('are definitions, and have every field of them', async () => {
    const files = Object.entries(examples).map(([name, example]) => ({ name, content: JSON.stringify(example) }));
    expect((await loadDefinitions(files)).problems).toEqual([]);
    const shown = new Set(Object.values(examples).flatMap(({ spec }) => pathsOf(spec)));
    const known = Object.values(specRules).flatMap((rule) => pathsOfRule(rule));
    expect([...new Set(known)].filter((path) => !shown.has(path))).toEqual([]);
  });
});

function pathsOf(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => pathsOf(item, path));
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([name, inner]) => pathsOf(inner, `${path}.${name}`));
}

function pathsOfRule(rule: Rule, path = ''): string[] {
  if (rule.type === 'list') return pathsOfRule(rule.items, path);
  if (rule.type !== 'mapping') return [path];
  return Object.entries(rule.fields).flatMap(([name, inner]) => pathsOfRule(inner, `${path}.${name}`));
}

describe('problems', () => {
  test('are collected over all files, and what is right is returned', () => {
    const parsed = parse(`${sync('a')}${sync('b', '{}')}---\na: [`, sync('c', '5'), sync('d'));
    expect(parsed.definitions.map(({ name }) => name)).toEqual(['a', 'd']);
    expect(parsed.problems.map(({ code, message }) => `${code} ${message}`)).toMatchInlineSnapshot(`
      [
        "DEFINITION_INVALID 1.yaml, document 2, line 10, column 7: spec.source is missing",
        "DEFINITION_INVALID 1.yaml, document 3, line 12, column 5: is not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]",
        "DEFINITION_INVALID 2.yaml, document 1, line 5, column 7: spec must be a mapping, not a number",
      ]
    `);
  });

  test('name a definition that is written twice by both places, and the first is kept', () => {
    expect(parse(sync('a'), sync('b') + sync('a')).definitions).toHaveLength(2);
    expect(problems(sync('a'), sync('b') + sync('a'))).toMatchInlineSnapshot(`
      [
        "DEFINITION_INVALID 2.yaml, document 2, line 7, column 1: InfrahubSync a is written already in 1.yaml, document 1, line 2, column 1",
      ]
    `);
  });

  test('name fields that are missing, wrong or unknown', () => {
    const spec = `
  source:
    infrahubApiUrl: http://a
    artefactName: ''
    targetBranch: 5
    frobnicate: 1
    __proto__: 2
    toString: 3
  destination: {server: 'https://user:topsecret@k', namespace: [a], reconcileOnEvents: 1}
  destinations: {}
  intervals: 5m`;
    const found = problems(sync('a', spec));
    expect(found).toMatchInlineSnapshot(`
      [
        "DEFINITION_INVALID 1.yaml, document 1, line 14, column 17: spec.destinations is not known; did you mean destination?",
        "DEFINITION_INVALID 1.yaml, document 1, line 15, column 14: spec.intervals is not known; did you mean interval?",
        "DEFINITION_INVALID 1.yaml, document 1, line 7, column 21: spec.source.infrahubApiUrl is not known; did you mean infrahubAPIURL?",
        "DEFINITION_INVALID 1.yaml, document 1, line 10, column 17: spec.source.frobnicate is not known; known are infrahubAPIURL, artefactName, targetBranch, targetDate, credentialsSecretRef",
        "DEFINITION_INVALID 1.yaml, document 1, line 11, column 16: spec.source.__proto__ is not known; known are infrahubAPIURL, artefactName, targetBranch, targetDate, credentialsSecretRef",
        "DEFINITION_INVALID 1.yaml, document 1, line 12, column 15: spec.source.toString is not known; known are infrahubAPIURL, artefactName, targetBranch, targetDate, credentialsSecretRef",
        "DEFINITION_INVALID 1.yaml, document 1, line 7, column 5: spec.source.infrahubAPIURL is missing",
        "DEFINITION_INVALID 1.yaml, document 1, line 8, column 19: spec.source.artefactName must not be empty",
        "DEFINITION_INVALID 1.yaml, document 1, line 9, column 19: spec.source.targetBranch must be text, not a number; put it in quotes",
        "DEFINITION_INVALID 1.yaml, document 1, line 13, column 25: spec.destination.server must look like https://kubernetes.example.com:6443, not "https://…@k"",
        "DEFINITION_INVALID 1.yaml, document 1, line 13, column 64: spec.destination.namespace must be text, not a list",
        "DEFINITION_INVALID 1.yaml, document 1, line 13, column 88: spec.destination.reconcileOnEvents must be true or false, not a number",
      ]
    `);
    expect(found.join()).not.toContain('topsecret');
  });

  test('name expressions that are not CEL, or no condition, with the place in them', async () => {
    const spec = `
  source: {infrahubAPIURL: 'http://a', artefactName: x}
  healthChecks:
    - {apiVersion: a.io/v1, kind: A, current: status.ok, inProgress: 'status.phase ==', failed: 'phase == 1'}
    - {apiVersion: a.io/v1, kind: B, current: '1 + 1', failed: ${'x'.repeat(5000)}}
    - {apiVersion: a.io/v1, kind: C, current: 5}
    - text`;
    const read = (text: string) => loadDefinitions([{ name: '1.yaml', content: sync('a', text) }]);
    expect((await read(spec)).problems.map(({ message }) => message)).toMatchInlineSnapshot(`
      [
        "1.yaml, document 1, line 10, column 47: spec.healthChecks[2].current must be text, not a number; put it in quotes",
        "1.yaml, document 1, line 11, column 7: spec.healthChecks[3] must be a mapping, not text",
        "1.yaml, document 1, line 8, column 70: spec.healthChecks[0].inProgress is not valid CEL: Unexpected token: EOF, at character 16",
        "1.yaml, document 1, line 8, column 97: spec.healthChecks[0].failed is not valid CEL: Unknown variable: phase, at character 1",
        "1.yaml, document 1, line 9, column 47: spec.healthChecks[1].current must be true or false, not int",
        "1.yaml, document 1, line 9, column 64: spec.healthChecks[1].failed has more than 4096 characters",
      ]
    `);
    const right = await read(`${spec.slice(0, spec.indexOf(', inProgress'))}}`);
    expect(right).toMatchObject({
      problems: [],
      definitions: [{ policy: { healthChecks: [{ current: 'status.ok' }] } }],
    });
  });

  test('says what Vidra may do, and how often', () => {
    const spec = `
  manifest: ''
  adopt: Always
  conflicts: [{ manager: 'hpa-*', kind: Deployment, path: .spec.replicas, action: Yield }]
  ignore: [{ kind: Deployment, paths: [spec.replicas] }]
  deletionPolicy: Orphan
  propagationPolicy: Foreground
  replace: WhenImmutable
  maxDeletions: 20%
  healthChecks: [{ apiVersion: example.org/v1, kind: Widget, current: status.ok }]
  historyLimit: 3
  interval: 1m30s`;
    const text = `apiVersion: ${group}\nkind: VidraResource\nmetadata: {name: a}\nspec: ${spec}\n`;
    expect(parse(text).definitions[0]).toMatchObject({
      interval: 90_000,
      policy: {
        adopt: 'Always',
        conflicts: [{ manager: 'hpa-*', kind: 'Deployment', path: '.spec.replicas', action: 'Yield' }],
        ignore: [{ kind: 'Deployment', paths: ['spec.replicas'] }],
        deletionPolicy: 'Orphan',
        propagationPolicy: 'Foreground',
        replace: 'WhenImmutable',
        maxDeletions: { percent: 20 },
        healthChecks: [{ apiVersion: 'example.org/v1', kind: 'Widget', current: 'status.ok' }],
        historyLimit: 3,
      },
    });
  });

  test('says how it is reconciled, and which Secrets say how to get there', () => {
    const spec = `
  source: {infrahubAPIURL: 'http://a', artefactName: x, credentialsSecretRef: {namespace: ops, name: infrahub}}
  destination: {server: 'https://k', kubeconfigSecretRef: {namespace: ops, name: k.config, context: edge}}
  suspend: true
  mode: Approve
  interval: 5m
  timeout: 1m30s
  wait: false
  dependsOn: [{kind: VidraResource, name: base}]
  serviceAccountName: shop/deployer`;
    expect(parse(sync('a', spec))).toMatchObject({
      problems: [],
      definitions: [
        {
          source: { credentialsSecretRef: { namespace: 'ops', name: 'infrahub' } },
          destination: {
            kubeconfigSecretRef: { namespace: 'ops', name: 'k.config', key: 'kubeconfig', context: 'edge' },
          },
          suspend: true,
          mode: 'Approve',
          interval: 300_000,
          timeout: 90_000,
          wait: false,
          dependsOn: [{ kind: 'VidraResource', name: 'base' }],
          serviceAccount: { namespace: 'shop', name: 'deployer' },
        },
      ],
    });
  });

  test('name metadata that is wrong or unknown', () => {
    const text = `apiVersion: ${group}\nkind: InfrahubSync\nmetadata: {name: My_Sync, label: {}, x: 1}\nspec: {source: {infrahubAPIURL: 'http://a', artefactName: x}}\n`;
    expect(problems(text)).toMatchInlineSnapshot(`
      [
        "DEFINITION_INVALID 1.yaml, document 1, line 3, column 34: metadata.label is not known; did you mean labels?",
        "DEFINITION_INVALID 1.yaml, document 1, line 3, column 41: metadata.x is not known; known are name, namespace, labels, annotations, finalizers, ownerReferences",
        "DEFINITION_INVALID 1.yaml, document 1, line 3, column 18: metadata.name must look like web-servers (a-z, 0-9, - and .), not "My_Sync"",
      ]
    `);
  });

  test('tell what to write in place of another kind', () => {
    const other = (apiVersion: string, kind: string) =>
      `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: a}\n`;
    expect([
      ...problems(other('v1', 'ConfigMap')),
      ...problems(other(group, 'InfrahubSink')),
      ...problems(other(group, 'vidraresource')),
      ...problems(other('infrahub.operators.com/v1', 'InfrahubSync')),
      ...problems(other('v1', 'constructor')),
    ]).toMatchInlineSnapshot(`
      [
        "DEFINITION_INVALID 1.yaml, document 1, line 2, column 7: ConfigMap a is no definition; write an InfrahubSync, or put the manifest as text into spec.manifest of a VidraResource",
        "DEFINITION_INVALID 1.yaml, document 1, line 2, column 7: the kind InfrahubSink is not known; did you mean InfrahubSync?",
        "DEFINITION_INVALID 1.yaml, document 1, line 2, column 7: the kind vidraresource is not known; did you mean VidraResource?",
        "DEFINITION_INVALID 1.yaml, document 1, line 1, column 13: apiVersion of InfrahubSync must be infrahub.operators.com/v1alpha1, not infrahub.operators.com/v1",
        "DEFINITION_INVALID 1.yaml, document 1, line 2, column 7: constructor a is no definition; write an InfrahubSync, or put the manifest as text into spec.manifest of a VidraResource",
      ]
    `);
  });

  test.each([[[]], [['']], [['# nothing\n---\n', '[]']]])('say that there is no definition in %j', (contents) => {
    expect(parse(...contents).definitions).toEqual([]);
    expect(problems(...contents)).toHaveLength(1);
  });

  test('say which files hold no definition', () => {
    expect([...problems(), ...problems('', '---')]).toMatchInlineSnapshot(`
      [
        "DEFINITION_INVALID no definition found; write an InfrahubSync or a VidraResource",
        "DEFINITION_INVALID no definition found in 1.yaml, 2.yaml; write an InfrahubSync or a VidraResource",
      ]
    `);
  });
});
