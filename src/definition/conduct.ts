/** How a definition is reconciled: whether, how often, after what, and as whom. */

/** Another definition of the same cluster. */
export interface DefinitionReference {
  readonly kind: 'InfrahubSync' | 'VidraResource';
  readonly name: string;
}

/** A ServiceAccount, a Secret: something of a namespace. */
export interface NamespacedName {
  readonly namespace: string;
  readonly name: string;
}

export interface Conduct {
  /** Nothing is reconciled as long as this holds. */
  readonly suspend: boolean;
  /** `Observe` reports what differs and changes nothing; `Approve` changes only what somebody has approved. */
  readonly mode: 'Enforce' | 'Observe' | 'Approve';
  /** Whether a reconcile ends only when its objects are healthy. */
  readonly wait: boolean;
  /** Milliseconds to wait for that; the default of whoever waits if missing. */
  readonly timeout?: number;
  /** Milliseconds between two reconciles of `vidra watch`; its own default if missing. */
  readonly interval?: number;
  /** What must be ready first. */
  readonly dependsOn: readonly DefinitionReference[];
  /** Whose rights the objects are written with; those of Vidra itself if missing. */
  readonly serviceAccount?: NamespacedName;
}

export const defaultConduct: Conduct = { suspend: false, mode: 'Enforce', wait: true, dependsOn: [] };
