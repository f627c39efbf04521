/** The JSON Schema of plans and results fits what is written, and nothing else. */
import { describe, expect, it } from 'vitest';
import type { Plan } from '../../../src/plan/plan.ts';
import { changeId } from '../../../src/plan/plan.ts';
import { documentText, planDocument, resultDocument } from '../../../src/view/document.ts';
import { keep, outcome, ownerPlan, planOf, remove, resultOf, skip, write } from '../../support/plan-builder.ts';
import { violationsOf } from '../../support/schema.ts';

const place = { source: 'web.yaml', artifact: 'VidraResource web', document: 2, line: 3, column: 4 };
const problem = { code: 'MANIFEST_INVALID', message: 'is wrong', origin: place } as const;

const kubectl = {
  manager: 'kubectl',
  operation: 'Update',
  subresource: '',
  apiVersion: 'v1',
  fields: { 'f:data': {} },
};

/** Everything that a plan can hold. */
function everything(): Plan {
  const differences = [
    { path: 'spec.a', after: 9007199254740993n },
    { path: 'spec.b', before: null },
    { path: 'spec.c', before: [1, { d: 'x' }], after: false },
  ];
  const made = write('create', 'ConfigMap shop/new', { confidence: 'predicted' });
  const gone = remove('ConfigMap shop/old');
  const changes = [
    { ...made, renamedFrom: { reference: gone.reference, first: 'new' as const } },
    { ...gone, renamedTo: { reference: made.reference, first: 'new' as const } },
    {
      ...write('update', 'Deployment shop/web', { differences, confidence: 'server' }),
      take: [{ field: '.spec.a', manager: 'kubectl', subresource: 'scale' }],
      yield: [{ field: '.spec.b', manager: 'hpa', subresource: 'scale', autoscaler: 'web' }],
      giveUp: { 'f:spec': { 'f:c': {} } },
      contest: { manager: 'kubectl', times: 3, since: '2026-01-01T00:00:00.000Z' },
    },
    write('replace', 'Service shop/web', { confidence: 'unchecked', immutable: ['spec.clusterIP'] }),
    { ...write('adopt', 'Namespace shop'), migrate: { gain: {}, from: [kubectl] } },
    {
      action: 'release' as const,
      reference: keep('Secret shop/a').reference,
      reason: 'shared',
      after: [],
      uid: 'u',
      leave: false,
      differences: [],
    },
    { ...keep('Secret shop/b'), yield: [{ field: '.spec.b', manager: 'hpa' }] },
    skip('Secret shop/c', { reason: 'is being deleted' }),
    {
      ...skip('Secret shop/d', { reason: 'is taken', code: 'CONFLICT' }),
      conflicts: [{ field: '.data', manager: 'x' }],
    },
  ];
  const header = { name: 'web', set: 'default', sync: 'web', artifact: 'Web (1)', server: 'https://east:6443' };
  const web = ownerPlan('web', changes, { header, problems: [problem], notes: ['old'], forget: ['one'] });
  const guard = {
    type: 'maxDeletions' as const,
    subject: '1',
    message: '1 of 2',
    changes: [changeId('web', '/ConfigMap/shop/old')],
  };
  return planOf([web, ownerPlan('old', [], { leaving: true })], { problems: [problem], notes: ['x'], guards: [guard] });
}

const planText = () => JSON.parse(documentText(planDocument(everything()), 'json')) as object;

function resultText(): object {
  const plan = everything();
  const changes = plan.owners[0]?.changes.slice(0, 6) ?? [];
  const outcomes = changes.map((change, index) =>
    outcome('web', change, index === 0 ? { result: 'failed', problem } : index === 1 ? { gone: false } : {}),
  );
  const unhealthy = [{ owner: 'web', name: 'Deployment shop/web', reason: 'waits', failed: false }];
  return JSON.parse(documentText(resultDocument(resultOf(plan, outcomes, unhealthy)), 'json')) as object;
}

describe('the schema', () => {
  it('fits all that a plan and a result can hold', () => {
    expect(violationsOf('plan', planText())).toEqual([]);
    expect(violationsOf('result', resultText())).toEqual([]);
  });

  it('fits the empty plan', () => {
    expect(violationsOf('plan', planDocument(planOf([])))).toEqual([]);
    expect(violationsOf('result', resultDocument(resultOf(planOf([]), [])))).toEqual([]);
  });

  it('tells a plan from a result', () => {
    expect(violationsOf('result', planText())).not.toEqual([]);
    expect(violationsOf('plan', resultText())).not.toEqual([]);
  });

  it.each([
    ['plan', planText()],
    ['result', resultText()],
  ] as const)('notices any field of a %s that is missing, of another type, or too many', (kind, document) => {
    const kept = fieldsOf(document).filter(({ remove }) => violationsOf(kind, remove()).length === 0);
    expect(new Set(kept.map(({ name }) => name))).toEqual(optional[kind]);
    for (const { name, misspell, retype } of fieldsOf(document)) {
      expect(violationsOf(kind, misspell()), `${name} misspelt`).not.toEqual([]);
      if (name !== 'before' && name !== 'after')
        expect(violationsOf(kind, retype()), `${name} retyped`).not.toEqual([]);
    }
  });
});

/** What may be missing. */
const inPlans = ['sync', 'artifact', 'origin', 'before', 'after', 'renamedFrom', 'renamedTo', 'code'];
const ofFields = [
  'contest',
  'manager',
  'since',
  'taken',
  'conflicts',
  'yielded',
  'givenUp',
  'inheritedFrom',
  'subresource',
  'autoscaler',
];
const optional = {
  plan: new Set([...inPlans, ...ofFields]),
  result: new Set([...inPlans, ...ofFields, 'problem', 'gone']),
};

interface Field {
  readonly name: string;
  readonly remove: () => object;
  readonly misspell: () => object;
  readonly retype: () => object;
}

/** Every field in a document, but for those inside of values that differ, with copies in which it alone is changed. */
function fieldsOf(document: object): Field[] {
  const paths: (string | number)[][] = [];
  const walk = (value: unknown, path: (string | number)[]) => {
    if (value === null || typeof value !== 'object') return;
    for (const key of Object.keys(value)) {
      const step = Array.isArray(value) ? Number(key) : key;
      if (typeof step === 'string') paths.push([...path, step]);
      if (key !== 'before' && key !== 'after') walk((value as Record<string, unknown>)[key], [...path, step]);
    }
  };
  walk(document, []);
  const changed =
    (path: (string | number)[], change: (parent: Record<string, unknown>, name: string) => void) => () => {
      const copy = structuredClone(document);
      const parent = path.slice(0, -1).reduce<unknown>((value, step) => (value as Record<string, unknown>)[step], copy);
      change(parent as Record<string, unknown>, String(path.at(-1)));
      return copy;
    };
  return paths.map((path) => ({
    name: String(path.at(-1)),
    remove: changed(path, (parent, name) => delete parent[name]),
    misspell: changed(path, (parent, name) => {
      parent[`${name}s`] = parent[name];
      delete parent[name];
    }),
    retype: changed(path, (parent, name) => {
      parent[name] = { no: 'such thing' };
    }),
  }));
}
