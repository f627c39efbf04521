/** `vidra history`: which revisions of an owner are kept, and what one of them wanted. */
import type { Target } from '../engine/target.ts';
import { VidraError } from '../errors.ts';
import type { Revision } from '../history/history.ts';
import { historyDocument, revisionDocument } from '../view/history-document.ts';
import { historyLines } from '../view/history-text.ts';
import type { HistoryOptions } from './flags.ts';
import { printDocument, printText, styleOf } from './print.ts';
import { withTarget } from './target.ts';
import type { ExitStatus, Terminal } from './terminal.ts';

/** Of all owners, or of one; with `revision` its manifests, the values of Secrets hidden. */
export function history(owner: string | undefined, options: HistoryOptions, terminal: Terminal): Promise<ExitStatus> {
  const rules = { prune: false, validate: false, overrides: {} };
  return withTarget(options, rules, terminal, async (target): Promise<ExitStatus> => {
    if (options.revision !== undefined) {
      const revision = { owner: required(owner), number: options.revision };
      printDocument(revisionDocument(await contentOf(target, revision)), options, terminal);
      return 0;
    }
    const revisions = await target.history.list(owner);
    if (owner !== undefined && revisions.length === 0)
      throw new VidraError('HISTORY_UNKNOWN', 'has no history', { subject: owner });
    if (options.output !== 'text') printDocument(historyDocument(revisions), options, terminal);
    else printText(historyLines(revisions, styleOf(terminal.stdout, options, terminal)), terminal);
    return 0;
  });
}

function required(owner: string | undefined): string {
  if (owner !== undefined) return owner;
  throw new VidraError('USAGE', 'name the owner of the revision: vidra history OWNER --revision NUMBER');
}

async function contentOf({ history: kept }: Target, revision: Pick<Revision, 'owner' | 'number'>) {
  const content = await kept.read(revision);
  if (content) return content;
  throw new VidraError('HISTORY_UNKNOWN', `has no revision ${revision.number}`, { subject: revision.owner });
}
