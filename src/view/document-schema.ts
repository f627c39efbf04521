/** The JSON Schema of the documents of plans and results: exactly what this version writes, no field more and none less. */
import type { Origin } from '../errors.ts';
import type { ObjectReference } from '../manifest/manifest.ts';
import type { Problem, WriteChange } from '../plan/plan.ts';
import {
  type ChangeDocument,
  type DifferenceDocument,
  formatVersion,
  type GuardDocument,
  type OwnerDocument,
  type PlanDocument,
  type ResultDocument,
} from './document.ts';
import {
  closed,
  count,
  described,
  type Fields,
  flag,
  listOf,
  object,
  position,
  ref,
  rootOf,
  type Schema,
  text,
  word,
} from './json-schema.ts';
import type { Counts } from './summary.ts';

/** Of what `-o json` and `-o yaml` print. */
export function documentSchema(kind: 'plan' | 'result'): Schema {
  const isResult = kind === 'result';
  return {
    ...rootOf(kind, formatVersion, isResult ? 'What came of a plan' : 'What would change, and why'),
    ...(isResult ? resultSchema() : closed<PlanDocument>(planFields('Plan'), { digest: digestSchema })),
    $defs: sharedSchemas(isResult),
  };
}

/** What the schemas of documents refer to. */
export function sharedSchemas(isResult: boolean): Readonly<Record<string, Schema>> {
  return {
    origin: described(originSchema, 'where something was written; counted from 1'),
    problem: problemSchema,
    guard: described(guardSchema, 'a deletion that is not made unless somebody says so'),
    owner: ownerSchema,
    difference: { ...differenceSchema, anyOf: [{ required: ['before'] }, { required: ['after'] }] },
    change: { oneOf: changeSchemas(isResult) },
  };
}

const countsOf = <Name extends string>(names: Record<Name, true>): Schema =>
  object(Object.fromEntries(Object.keys(names).map((name) => [name, count])));

const referenceFields: Fields<keyof ObjectReference> = {
  group: described(text, 'API group; empty for the core group'),
  version: word,
  kind: word,
  namespace: described(text, 'empty for cluster-wide kinds'),
  name: word,
};

const originSchema = closed<Origin>(
  {
    source: described(word, 'path of a file, or URL of an Infrahub'),
    document: position,
    line: position,
    column: position,
  },
  { artifact: described(word, 'what document, line and column are in, when that is not the file itself') },
);

const codeSchema: Schema = { type: 'string', pattern: '^[A-Z]+(_[A-Z]+)*$' };

const problemSchema = closed<Problem>(
  { code: described(codeSchema, 'one of the error codes of README.md'), message: word },
  { origin: ref('origin'), definition: described(word, 'the definition that it concerns, as in InfrahubSync web') },
);

const differenceSchema = closed<DifferenceDocument>(
  { path: described(word, 'as in spec.containers[name=web].image') },
  {
    before: { description: 'missing when the field is new; values of Secrets are masked' },
    after: { description: 'missing when the field goes away; values of Secrets are masked' },
  },
);

const guardSchema = closed<GuardDocument>(
  {
    type: { enum: ['maxDeletions', 'namespace', 'definition', 'volume'] },
    subject: described(word, 'what has to be named to let it happen'),
    message: described(word, 'what would go'),
    flag: described(word, 'allows it, as in --confirm "Namespace shop"'),
    changes: described(
      listOf(closed<GuardDocument['changes'][number]>({ owner: word, ...referenceFields }, {})),
      'what is held back',
    ),
  },
  {},
);

const otherName = closed<NonNullable<ChangeDocument['renamedFrom']>>(
  { ...referenceFields, first: described({ enum: ['new', 'old'] }, 'which of the two names is dealt with first') },
  {},
);

const yieldedField: Fields<keyof WriteChange['yield'][number]> = {
  field: described(word, 'in the notation of the API server, as in .spec.replicas'),
  manager: described(word, 'field manager of who holds it'),
  subresource: described(word, 'the subresource that it was written through'),
  autoscaler: described(word, 'the HorizontalPodAutoscaler that the manager acts for'),
};
const { field, manager, subresource, autoscaler } = yieldedField;
const heldFields = listOf(object({ field, manager }, { subresource }));

const contest = closed<NonNullable<ChangeDocument['contest']>>(
  { times: described(position, 'how often in a row it was taken back, with this time') },
  {
    manager: described(word, 'field manager of the other writer; missing when the object does not say who changed it'),
    since: described(word, 'when it was taken back first; missing for the first time'),
  },
);

const changeFields: Fields<keyof ChangeDocument> = {
  action: word,
  ...referenceFields,
  reason: described(word, 'why, for people'),
  confidence: {
    enum: ['server', 'predicted', 'unchecked'],
    description:
      'server: the API server tried it; predicted: it cannot be tried as it will be, and the reason says why; unchecked: it was not tried',
  },
  differences: listOf(ref('difference')),
  immutable: described(listOf(word), 'fields that cannot be changed, for which the object is made anew'),
  renamedFrom: described(otherName, 'the old name of the object'),
  renamedTo: described(otherName, 'the new name of the object'),
  taken: described(heldFields, 'fields that are taken from their holders'),
  yielded: described(
    listOf(object({ field, manager }, { subresource, autoscaler })),
    'fields that are left to their holders',
  ),
  givenUp: described(listOf(word), 'fields that are ignored now, and stay as they are'),
  inheritedFrom: described(listOf(word), 'field managers whose fields the owner takes over as its own'),
  contest: described(contest, 'the fight with another writer that it is a part of'),
  code: described(codeSchema, 'the error code, when something is wrong'),
  conflicts: described(heldFields, 'fields that others hold, and that may not be taken from them'),
  result: { enum: ['succeeded', 'failed', 'blocked', 'stopped'] },
  problem: described(ref('problem'), 'why it failed or was blocked, or what it still waits for'),
  gone: described(flag, 'of a removal: whether nothing of this owner is left'),
};

type ChangeField = keyof ChangeDocument;

function changeSchemas(isResult: boolean): Schema[] {
  const pick = (names: readonly ChangeField[]) => Object.fromEntries(names.map((name) => [name, changeFields[name]]));
  const change = (
    actions: readonly ChangeDocument['action'][],
    required: readonly ChangeField[],
    optional: readonly ChangeField[],
  ) => {
    const isDone = isResult && actions.every((action) => action !== 'keep' && action !== 'skip');
    const always = pick([...required, ...(isDone ? (['result'] as const) : [])]);
    const sometimes = pick([...optional, ...(isDone ? (['problem', 'gone'] as const) : [])]);
    const action = actions.length === 1 ? { const: actions[0] } : { enum: actions };
    return object({ action, ...referenceFields, reason: changeFields.reason, ...always }, sometimes);
  };
  return [
    change(
      ['create', 'update', 'adopt'],
      ['confidence', 'differences'],
      ['renamedFrom', 'taken', 'yielded', 'givenUp', 'inheritedFrom', 'contest'],
    ),
    change(['replace'], ['confidence', 'differences', 'immutable'], []),
    change(['delete'], [], ['renamedTo']),
    change(['release'], ['differences'], []),
    change(['keep'], [], ['yielded']),
    change(['skip'], [], ['code', 'conflicts']),
  ];
}

const ownerSchema = closed<OwnerDocument>(
  {
    name: word,
    server: described(text, 'where its objects are; empty for the home cluster'),
    leaving: described(flag, 'whether it is not wanted any more'),
    changes: listOf(ref('change')),
    problems: listOf(ref('problem')),
    notes: described(listOf(word), 'for people'),
  },
  {
    sync: described(word, 'name of the InfrahubSync that it comes from'),
    artifact: described(word, 'name and id of the artifact that it comes from'),
  },
);

const actions: Record<keyof Counts, true> = {
  create: true,
  update: true,
  replace: true,
  rename: true,
  adopt: true,
  delete: true,
  release: true,
  keep: true,
  skip: true,
  problem: true,
};

const digestSchema = described(word, 'of the saved plan, if there is one: of what it would do');

function planFields(kind: PlanDocument['kind']): Fields<Exclude<keyof PlanDocument, 'digest'>> {
  return {
    formatVersion: { const: formatVersion },
    kind: { const: kind },
    set: word,
    server: described(word, 'URL of the home cluster'),
    summary: described(
      countsOf(actions),
      'how many changes of each action the plan holds; the two of a rename count once, as rename',
    ),
    guards: listOf(ref('guard')),
    owners: listOf(ref('owner')),
    problems: described(listOf(ref('problem')), 'problems of no owner'),
    notes: described(listOf(word), 'for people'),
  };
}

/** Of a result within another document, which has what it refers to. */
export function resultSchema(): Schema {
  const outcomes: Record<keyof ResultDocument['results'], true> = {
    succeeded: true,
    failed: true,
    blocked: true,
    stopped: true,
  };
  const unhealthy = closed<ResultDocument['unhealthy'][number]>(
    {
      owner: word,
      name: described(word, 'as in Deployment shop/web'),
      reason: word,
      failed: described(flag, 'whether waiting for longer would not help'),
    },
    {},
  );
  return closed<ResultDocument>(
    {
      ...planFields('Result'),
      results: described(countsOf(outcomes), 'how many changes ended how'),
      unhealthy: described(listOf(unhealthy), 'what was written and is not healthy in time'),
    },
    { digest: digestSchema },
  );
}
