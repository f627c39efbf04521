/** What a definition lets Vidra do with its objects. */

/** A number of objects, or a share of all that an owner has. */
export type Limit = { readonly count: number } | { readonly percent: number };

/** Decides over fields that others hold. The first rule that fits decides; `*` stands for any text. */
export interface ConflictRule {
  /** Field manager; missing means any. */
  readonly manager?: string;
  readonly kind?: string;
  /** As in `.spec.replicas` or `.spec.template.spec.containers[name="web"].image`; what is below it fits, too. */
  readonly path?: string;
  /** `Override` takes the field back, `Yield` leaves it to the other, `Refuse` leaves the object alone and reports it. */
  readonly action: 'Override' | 'Yield' | 'Refuse';
}

/** Fields that are never sent. */
export interface IgnoreRule {
  /** Missing means any; `*` stands for any text. */
  readonly kind?: string;
  readonly name?: string;
  readonly namespace?: string;
  /** As in `spec.replicas` or `spec.template.spec.containers[name=web].image`. */
  readonly paths: readonly string[];
}

/** When objects of a kind are healthy, as CEL expressions over its fields. */
export interface HealthCheck {
  readonly apiVersion: string;
  readonly kind: string;
  readonly current: string;
  readonly inProgress?: string;
  readonly failed?: string;
}

export interface Policy {
  /** What becomes of objects that exist and are not Vidra's: `IfUnowned` takes over those that no other tool manages. */
  readonly adopt: 'Never' | 'IfUnowned' | 'Always';
  readonly conflicts: readonly ConflictRule[];
  readonly ignore: readonly IgnoreRule[];
  /** Whether objects that left the manifests are deleted; else they stay, and stay recorded. */
  readonly prune: boolean;
  /** What becomes of objects that are not wanted any more: `Orphan` leaves them in place as nobody's. */
  readonly deletionPolicy: 'Delete' | 'Orphan';
  /** What the API server does with what an object owns. */
  readonly propagationPolicy: 'Background' | 'Foreground' | 'Orphan';
  /** What becomes of objects whose immutable fields change. */
  readonly replace: 'Never' | 'WhenImmutable';
  /** The most deletions that one run may plan without being asked. */
  readonly maxDeletions?: Limit;
  readonly healthChecks: readonly HealthCheck[];
  /** Revisions that are kept for `vidra rollback`. */
  readonly historyLimit: number;
}

export const defaultPolicy: Policy = {
  adopt: 'Never',
  conflicts: [],
  ignore: [],
  prune: true,
  deletionPolicy: 'Delete',
  propagationPolicy: 'Background',
  replace: 'Never',
  healthChecks: [],
  historyLimit: 5,
};

/** What somebody has said: the rest is the default, also of fields that come later. */
export function writtenOf(policy: Policy): Partial<Policy> {
  const isDefault = ([field, value]: [string, unknown]) =>
    JSON.stringify(value) === JSON.stringify(defaultPolicy[field as keyof Policy]);
  return Object.fromEntries(Object.entries(policy).filter((one) => !isDefault(one)));
}
