/** Who holds a field that this owner wants at another value, and what follows from it. */
import type { FieldConflict } from '../cluster/cluster.ts';
import type { ObjectMetadata } from '../cluster/metadata.ts';
import type { ConflictRule } from '../definition/policy.ts';
import type { YieldedField } from '../inventory/inventory.ts';
import {
  fitsField,
  fitsPattern,
  type Place,
  placesAt,
  placesFitting,
  valueAt,
  withoutPlaces,
} from '../manifest/field-path.ts';
import { difference, type FieldSet, intersection, unionOf } from '../manifest/field-set.ts';
import { partAt } from '../manifest/field-set-place.ts';
import type { EntryPart } from '../manifest/managed-fields.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { isOwnerManager, type Owner, ownerOfManager } from '../manifest/owner.ts';

/**
 * Programs that people edit with, by the field managers that they leave. What is set by hand is put back. Consoles in a
 * browser leave its name; `before-first-apply` stands for all that was there before anybody applied.
 */
const peoplesTools =
  /^(kubectl([-_].*)?|oc|k9s|[Hh]elm|before-first-apply|Mozilla|GoogleCloudConsole|OpenLens|Lens|freelens|headlamp.*|(kubernetes-)?dashboard.*|octant|curl)$/;

/** The field manager of HorizontalPodAutoscalers. */
export const autoscalerManager = 'kube-controller-manager';

export interface Resolution {
  /** Fields to take back. */
  readonly take: readonly FieldConflict[];
  /** Fields to leave to their holders. */
  readonly yield: readonly YieldedField[];
  /** Fields of others that nobody allowed to touch: with any, the object is left alone. */
  readonly blocked: readonly FieldConflict[];
}

/** What decides over a conflict besides the conflict itself. */
export interface ConflictCase {
  readonly manifest: Manifest;
  readonly rules: readonly ConflictRule[];
  readonly adopting: boolean;
  /** Field managers that wrote for this owner, and for nobody who cannot speak for himself: upstream's operator. */
  readonly forerunners?: readonly string[];
  /** Whether another owner of the plan gives a field up that it holds. */
  readonly givesWay?: (conflict: FieldConflict) => boolean;
  /** Name of the HorizontalPodAutoscaler of the object; null when it certainly has none. */
  readonly autoscaler?: string | null;
}

/** Reads the causes of a 409. */
export function resolveConflicts(conflicts: readonly FieldConflict[], facts: ConflictCase): Resolution {
  const decided = conflicts.map((conflict) => ({ conflict, action: actionOn(conflict, facts) }));
  const by = (action: ConflictRule['action']) =>
    decided.filter((each) => each.action === action).map(({ conflict }) => conflict);
  return {
    take: by('Override'),
    yield: by('Yield').map((conflict) => ({ ...conflict, ...autoscalerOf(conflict, facts) })),
    blocked: by('Refuse'),
  };
}

function actionOn(conflict: FieldConflict, facts: ConflictCase): ConflictRule['action'] {
  if (facts.givesWay?.(conflict)) return 'Override';
  const action = ruledAction(conflict, facts);
  // What cannot be left out cannot be yielded.
  return action === 'Yield' && placesAt(facts.manifest, conflict.field).length === 0 ? 'Refuse' : action;
}

/**
 * Vidra's owners are never overruled. Else the first rule that fits decides, and without one: people's tools are
 * overruled, also where they scale, for `kubectl scale` is a change by hand; other writers of the `scale` subresource are
 * autoscalers, and yielded to; the rest blocks. Who adopts an object overrules everybody else, and an owner who wrote for it before.
 */
function ruledAction(conflict: FieldConflict, facts: Omit<ConflictCase, 'givesWay'>): ConflictRule['action'] {
  const { manager, subresource } = conflict;
  const rule = facts.rules.find((each) => fits(each, conflict, facts.manifest.kind));
  if (isOwnerManager(manager)) return rule?.action === 'Yield' ? 'Yield' : 'Refuse';
  if (rule) return rule.action;
  if (peoplesTools.test(manager)) return 'Override';
  // An autoscaler that is gone leaves its entry behind.
  if (subresource === 'scale') return manager === autoscalerManager && facts.autoscaler === null ? 'Override' : 'Yield';
  return facts.adopting || facts.forerunners?.includes(manager) ? 'Override' : 'Refuse';
}

function fits(rule: ConflictRule, { field, manager }: FieldConflict, kind: string): boolean {
  return (
    (rule.manager === undefined || fitsPattern(manager, rule.manager)) &&
    (rule.kind === undefined || fitsPattern(kind, rule.kind)) &&
    (rule.path === undefined || fitsField(field, rule.path))
  );
}

function autoscalerOf({ manager, subresource }: FieldConflict, { autoscaler }: ConflictCase): { autoscaler?: string } {
  return autoscaler && manager === autoscalerManager && subresource === 'scale' ? { autoscaler } : {};
}

/** Whether a field that was yielded would be yielded again: rules may have changed. */
export function isYielded(yielded: YieldedField, manifest: Manifest, rules: readonly ConflictRule[]): boolean {
  return ruledAction(yielded, { manifest, rules, adopting: false }) === 'Yield';
}

/** What of an entry of managedFields stays with its holder: by the rules, and what was yielded to him. */
export function withheldFrom(
  { manager, fields }: EntryPart,
  live: Manifest,
  rules: readonly ConflictRule[],
  yielded: readonly YieldedField[],
): FieldSet {
  const partsOf = (places: readonly Place[]) => places.flatMap((place) => partAt(fields, live, place) ?? []);
  const given = yielded.filter((one) => one.manager === manager).flatMap(({ field }) => placesAt(live, field));
  const kept = partsOf(given);
  let open = fields;
  for (const { path, kind = '*', manager: who = '*', action } of rules) {
    if (!fitsPattern(manager, who) || !fitsPattern(live.kind, kind)) continue;
    const part = path === undefined ? open : unionOf(partsOf(placesFitting(live, path)));
    if (action !== 'Override') kept.push(intersection(open, part));
    open = difference(open, part);
  }
  return unionOf(kept);
}

/** The manifest without the fields that are left to others. */
export function withoutFields(manifest: Manifest, fields: readonly { readonly field: string }[]): Manifest {
  return withoutPlaces(
    manifest,
    fields.flatMap(({ field }) => placesAt(manifest, field)),
  );
}

/** Whom a conflict is shown to, and the object that it is about, as far as it is known. */
export interface ConflictView {
  readonly owner: Owner;
  readonly manifest?: Manifest;
  readonly live?: Pick<ObjectMetadata, 'annotations'>;
}

/** For people: `.spec.replicas is held by "hpa"`, or `.spec.replicas is another value for owner b than for owner a`. */
export function describeConflicts(conflicts: readonly FieldConflict[], view: ConflictView): string {
  return conflicts.map((conflict) => describeConflict(conflict, view)).join(', ');
}

function describeConflict({ field, manager }: FieldConflict, { owner, manifest, live }: ConflictView): string {
  const [place] = manifest ? placesAt(manifest, field) : [];
  const value = place && valueAt(manifest, place);
  const what =
    typeof value === 'object' ? `${field} (${Array.isArray(value) ? 'a list' : 'a mapping'} that is one value)` : field;
  const other = ownerOfManager(manager, owner.home, live ?? { annotations: {} });
  return other === undefined
    ? `${what} is held by "${manager}"`
    : `${owner.name} and ${other} want different values of ${what}`;
}
