/** What holds for all definitions of a cluster that say nothing else. */
export interface OperatorSettings {
  /** Milliseconds between two reconciles of an InfrahubSync; infinite: only when something changes. */
  readonly syncIntervalMs: number;
  /** The same of a VidraResource. */
  readonly resourceIntervalMs: number;
  /** Whether changes in the clusters start a reconcile, also where a definition does not ask for it. */
  readonly reconcileOnEvents: boolean;
}

export const usualSettings: OperatorSettings = {
  syncIntervalMs: 60_000,
  resourceIntervalMs: 600_000,
  reconcileOnEvents: false,
};
