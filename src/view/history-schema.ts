/** The JSON Schema of the history of owners. */
import type { Revision } from '../history/history.ts';
import { formatVersion, type HistoryDocument } from './history-document.ts';
import { closed, count, described, listOf, position, rootOf, type Schema, word } from './json-schema.ts';

/** Of what `vidra history -o json` prints. */
export function historySchema(): Schema {
  const revision = closed<Revision>(
    {
      owner: word,
      number: described(position, 'counts for each owner'),
      applied: described({ type: 'string', format: 'date-time' }, 'when it had been applied'),
      digest: described(word, 'the same digest means the same objects'),
      objects: described(count, 'how many objects it has'),
      summary: described(word, 'what was done, for people'),
    },
    {
      artifact: described(word, 'the artifact that it came from, for people'),
      restored: described(position, 'the revision that was rolled back to'),
      keptUntil: described(
        { type: 'string', format: 'date-time' },
        'of the newest one of an owner that is gone: then its history goes, too',
      ),
    },
  );
  return {
    ...rootOf('history', formatVersion, 'The revisions of owners that are kept'),
    ...closed<HistoryDocument>(
      { formatVersion: { const: formatVersion }, kind: { const: 'History' }, revisions: listOf(revision) },
      {},
    ),
  };
}
