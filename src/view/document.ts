/** Plans and results for machines: the same facts as the text, with a format version. Manifests are left out. */
import { stringify as stringifyJson } from 'lossless-json';
import { stringify as stringifyYaml } from 'yaml';
import type { Outcome, Result } from '../engine/run.ts';
import { keyOf } from '../manifest/manifest.ts';
import { type Change, changeId, type OwnerPlan, type Plan, type Problem } from '../plan/plan.ts';
import { compareFields, inReadingOrder } from './order.ts';
import { type Counts, countChanges } from './summary.ts';

/** Raised when a field goes away or changes its meaning, not when one is added. */
const formatVersion = '1';

export interface ChangeDocument {
  readonly action: Change['action'];
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly reason: string;
  readonly [fact: string]: unknown;
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

export interface PlanDocument {
  readonly formatVersion: string;
  readonly kind: 'Plan' | 'Result';
  readonly set: string;
  readonly server: string;
  readonly summary: Counts;
  readonly owners: readonly OwnerDocument[];
  readonly problems: readonly Problem[];
  readonly notes: readonly string[];
}

export interface ResultDocument extends PlanDocument {
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
  const document = documentOf('Result', result.plan, outcomes);
  return { ...document, notes: [...document.notes, ...result.notes], unhealthy };
}

/** The text of a document, with a line feed at its end; integers keep all their digits. */
export function documentText(document: object, format: 'json' | 'yaml'): string {
  if (format === 'json') return `${stringifyJson(document, undefined, 2)}\n`;
  return stringifyYaml(document, { lineWidth: 0, version: '1.1', aliasDuplicateObjects: false });
}

function documentOf(kind: PlanDocument['kind'], plan: Plan, outcomes: ReadonlyMap<string, Outcome>): PlanDocument {
  const { set, server, problems, notes } = plan;
  const owners = inReadingOrder(plan.owners).map((owner) => ownerDocument(owner, outcomes));
  return { formatVersion, kind, set, server, summary: countChanges(plan), owners, problems, notes };
}

function ownerDocument(owner: OwnerPlan, outcomes: ReadonlyMap<string, Outcome>): OwnerDocument {
  const { header, leaving, problems, notes } = owner;
  return {
    name: owner.owner.name,
    ...(header.sync && { sync: header.sync }),
    ...(header.artifact && { artifact: header.artifact }),
    server: header.server,
    leaving,
    changes: inReadingOrder(owner.changes).map((change) =>
      changeDocument(change, outcomes.get(changeId(owner.owner.name, keyOf(change.reference)))),
    ),
    problems,
    notes,
  };
}

function changeDocument(change: Change, outcome: Outcome | undefined): ChangeDocument {
  const { action, reference, reason } = change;
  return {
    action,
    group: reference.group,
    version: reference.version,
    kind: reference.kind,
    namespace: reference.namespace,
    name: reference.name,
    reason,
    ...('confidence' in change && { confidence: change.confidence, differences: change.differences }),
    ...('code' in change && change.code && { code: change.code }),
    ...(outcome && { result: outcome.result }),
    ...(outcome?.problem && { problem: outcome.problem }),
    ...(outcome?.gone !== undefined && { gone: outcome.gone }),
  };
}
