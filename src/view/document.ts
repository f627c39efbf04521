/** Plans and results for machines: the same facts as the text, with a format version. Manifests are left out. */
import { stringify as stringifyJson } from 'lossless-json';
import { stringify as stringifyYaml } from 'yaml';
import type { Outcome, Result } from '../engine/run.ts';
import { pathsOf } from '../manifest/field-set-place.ts';
import { keyOf, type ObjectReference } from '../manifest/manifest.ts';
import {
  type Change,
  changeId,
  type Difference,
  type Guard,
  type Plan,
  type Problem,
  type WriteChange,
} from '../plan/plan.ts';
import { notesOf, usualDetail } from './detail.ts';
import { flagFor } from './guard-text.ts';
import { compareFields, inReadingOrder } from './order.ts';
import { type Counts, countChanges } from './summary.ts';

/** Raised when a field goes away or changes its meaning, not when one is added. */
export const formatVersion = '1';

/** Without the digests of secret values, which are for saved plans alone. */
export type DifferenceDocument = Omit<Difference, 'digests'>;

/** An object, and what is done with it. */
export interface ChangeDocument extends ObjectReference {
  readonly action: Change['action'];
  readonly reason: string;
  /** Of writes. */
  readonly confidence?: 'server' | 'predicted' | 'unchecked';
  readonly differences?: readonly DifferenceDocument[];
  /** Of replacements: the fields for which the object is made anew. */
  readonly immutable?: readonly string[];
  /** Which of the two names is dealt with first. */
  readonly renamedFrom?: ObjectReference & { readonly first: 'new' | 'old' };
  readonly renamedTo?: ObjectReference & { readonly first: 'new' | 'old' };
  /** Fields that others hold: taken from them, or left to them; missing when there are none. */
  readonly taken?: WriteChange['take'];
  readonly yielded?: WriteChange['yield'];
  /** Fields that are ignored now, and stay as they are. */
  readonly givenUp?: readonly string[];
  /** Field managers whose fields the owner takes over as its own. */
  readonly inheritedFrom?: readonly string[];
  /** The fight with another writer that it is a part of. */
  readonly contest?: NonNullable<WriteChange['contest']>;
  /** Of what is skipped because something is wrong. */
  readonly code?: string;
  /** Fields that others hold, and that may not be taken from them. */
  readonly conflicts?: WriteChange['take'];
  /** Of results. */
  readonly result?: Outcome['result'];
  readonly problem?: Problem;
  readonly gone?: boolean;
}

export interface OwnerDocument {
  readonly name: string;
  readonly sync?: string;
  readonly artifact?: string;
  /** Empty for the home cluster. */
  readonly server: string;
  readonly leaving: boolean;
  readonly changes: readonly ChangeDocument[];
  readonly problems: readonly Problem[];
  readonly notes: readonly string[];
}

export interface GuardDocument {
  readonly type: Guard['type'];
  readonly subject: string;
  readonly message: string;
  /** Allows it. */
  readonly flag: string;
  readonly changes: readonly (ObjectReference & { readonly owner: string })[];
}

export interface PlanDocument {
  readonly formatVersion: string;
  readonly kind: 'Plan' | 'Result';
  readonly set: string;
  readonly server: string;
  /** Of the saved plan: of what it would do. */
  readonly digest?: string;
  readonly summary: Counts;
  readonly guards: readonly GuardDocument[];
  readonly owners: readonly OwnerDocument[];
  readonly problems: readonly Problem[];
  readonly notes: readonly string[];
}

export interface ResultDocument extends PlanDocument {
  /** How many changes ended how. */
  readonly results: Readonly<Record<Outcome['result'], number>>;
  readonly unhealthy: Result['unhealthy'];
}

export function planDocument(plan: Plan): PlanDocument {
  return documentOf('Plan', plan, new Map());
}

/** Changes carry their result: `succeeded`, `failed`, `blocked` or `stopped`, with the problem. */
export function resultDocument(result: Result): ResultDocument {
  const outcomes = new Map(
    result.outcomes.map((outcome) => [changeId(outcome.owner, keyOf(outcome.change.reference)), outcome]),
  );
  const unhealthy = [...result.unhealthy].sort((one, other) =>
    compareFields([one.owner, one.name], [other.owner, other.name]),
  );
  const results = { succeeded: 0, failed: 0, blocked: 0, stopped: 0 };
  for (const outcome of result.outcomes) results[outcome.result]++;
  const document = documentOf('Result', result.plan, outcomes);
  return { ...document, notes: [...document.notes, ...result.notes], results, unhealthy };
}

/** The text of a document, with a line feed at its end; integers keep all their digits. */
export function documentText(document: object, format: 'json' | 'yaml'): string {
  if (format === 'json') return `${stringifyJson(document, undefined, 2)}\n`;
  return stringifyYaml(document, { lineWidth: 0, version: '1.1', aliasDuplicateObjects: false });
}

function documentOf(kind: PlanDocument['kind'], plan: Plan, outcomes: ReadonlyMap<string, Outcome>): PlanDocument {
  const { set, server, digest, problems, notes } = plan;
  const owners = inReadingOrder(plan.owners).map((owner) => ({
    name: owner.owner.name,
    ...(owner.header.sync && { sync: owner.header.sync }),
    ...(owner.header.artifact && { artifact: owner.header.artifact }),
    server: owner.header.server,
    leaving: owner.leaving,
    changes: inReadingOrder(owner.changes).map((change) =>
      changeDocument(change, outcomes.get(changeId(owner.owner.name, keyOf(change.reference)))),
    ),
    problems: owner.problems,
    notes: notesOf(owner, usualDetail),
  }));
  const guards = guardDocuments(plan);
  const summary = countChanges(plan);
  return { formatVersion, kind, set, server, ...(digest && { digest }), summary, guards, owners, problems, notes };
}

/** Changes are named by owner and object instead of by an id. */
function guardDocuments({ guards, owners }: Plan): GuardDocument[] {
  if (guards.length === 0) return [];
  const byId = new Map(
    owners.flatMap(({ owner: { name }, changes }) =>
      changes.map(({ reference }) => [changeId(name, keyOf(reference)), { owner: name, ...reference }] as const),
    ),
  );
  return guards.map((guard) => ({
    type: guard.type,
    subject: guard.subject,
    message: guard.message,
    flag: flagFor(guard),
    changes: guard.changes.flatMap((id) => byId.get(id) ?? []),
  }));
}

function changeDocument(change: Change, outcome: Outcome | undefined): ChangeDocument {
  const { action, reason, reference } = change;
  const { group, version, kind, namespace, name } = reference;
  return {
    action,
    group,
    version,
    kind,
    namespace,
    name,
    reason,
    ...('confidence' in change && { confidence: change.confidence }),
    ...('differences' in change && {
      differences: change.differences.map(({ digests: _, ...difference }) => difference),
    }),
    ...('immutable' in change && change.immutable && { immutable: change.immutable }),
    ...fieldsOfOthers(change),
    ...('contest' in change && change.contest && { contest: change.contest }),
    ...('renamedFrom' in change && change.renamedFrom && { renamedFrom: otherName(change.renamedFrom) }),
    ...('renamedTo' in change && change.renamedTo && { renamedTo: otherName(change.renamedTo) }),
    ...('code' in change && change.code && { code: change.code }),
    ...('conflicts' in change && change.conflicts && { conflicts: change.conflicts }),
    ...(outcome && { result: outcome.result }),
    ...(outcome?.problem && { problem: outcome.problem }),
    ...(outcome?.gone !== undefined && { gone: outcome.gone }),
  };
}

function fieldsOfOthers(change: Change): Pick<ChangeDocument, 'taken' | 'yielded' | 'givenUp' | 'inheritedFrom'> {
  const taken = 'take' in change ? change.take : [];
  const yielded = ('yield' in change && change.yield) || [];
  return {
    ...(taken.length > 0 && { taken }),
    ...(yielded.length > 0 && { yielded }),
    ...('giveUp' in change && change.giveUp && { givenUp: pathsOf(change.giveUp) }),
    ...('migrate' in change && change.migrate && { inheritedFrom: holdersOf(change.migrate) }),
  };
}

function holdersOf({ from }: NonNullable<WriteChange['migrate']>): string[] {
  return [...new Set(from.map(({ manager }) => manager))];
}

function otherName({ reference, first }: { reference: ObjectReference; first: 'new' | 'old' }) {
  return { ...reference, first };
}
