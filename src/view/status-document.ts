/** What is kept in a cluster, for machines. */
import type { DefinitionStatus } from '../engine/status-tree.ts';

/** Raised when a field goes away or changes its meaning, not when one is added. */
export const formatVersion = '1';

export interface StatusDocument {
  readonly formatVersion: string;
  readonly kind: 'Status';
  readonly definitions: readonly DefinitionStatus[];
}

export function statusDocument(definitions: readonly DefinitionStatus[]): StatusDocument {
  return { formatVersion, kind: 'Status', definitions };
}
