/** What is wrong, as items of a Markdown list. */
import { type ErrorCode, errorTable } from '../errors.ts';
import { code, fenced, prose } from './markdown-text.ts';

export interface Trouble {
  /** As in `Deployment shop/web`. */
  readonly object?: string;
  readonly owner?: string;
  /** What happened to the object: `could not be created`. */
  readonly what?: string;
  readonly code?: ErrorCode;
  readonly message: string;
}

/** Each as lines without a dash; the hint of each code only the first time. */
export function troubleItems(troubles: readonly Trouble[]): string[][] {
  const hinted = new Set<ErrorCode>();
  return troubles.map((trouble) => {
    const isNew = trouble.code !== undefined && !hinted.has(trouble.code);
    if (trouble.code !== undefined) hinted.add(trouble.code);
    return troubleItem(trouble, isNew);
  });
}

function troubleItem(trouble: Trouble, isNew: boolean): string[] {
  const [first = '', ...rest] = trouble.message.split('\n');
  const name = trouble.code === undefined ? '' : ` (${code(trouble.code)})`;
  const lead = `${[subjectOf(trouble), prose(first)].filter(Boolean).join(': ')}${name}`;
  const hint = trouble.code !== undefined && isNew ? prose(errorTable[trouble.code].hint) : '';
  if (rest.length === 0) return [hint ? `${lead}. ${hint}` : lead];
  return [lead, ...fenced(rest, 'text'), ...(hint ? [hint] : [])];
}

function subjectOf({ object, owner, what }: Trouble): string {
  const from = owner === undefined ? '' : object === undefined ? code(owner) : `of ${code(owner)}`;
  return [object && code(object), from, what].filter(Boolean).join(' ');
}
