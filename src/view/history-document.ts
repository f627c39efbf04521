/** The history for machines, and what a revision wanted. */
import type { Content, Revision } from '../history/history.ts';
import { withoutSecrets } from './object-document.ts';

/** Raised when a field goes away or changes its meaning, not when one is added. */
export const formatVersion = '1';

export interface HistoryDocument {
  readonly formatVersion: string;
  readonly kind: 'History';
  readonly revisions: readonly Revision[];
}

export function historyDocument(revisions: readonly Revision[]): HistoryDocument {
  return { formatVersion, kind: 'History', revisions };
}

/** As kubectl would apply it, but for the values of Secrets, which are hidden. */
export function revisionDocument({ manifests }: Content): object {
  return { apiVersion: 'v1', kind: 'List', items: manifests.map(withoutSecrets) };
}
