/** Guards for people: what is held back, and the flag that allows it. */
import type { Guard } from '../plan/plan.ts';
import { printableLine } from './printable.ts';
import type { Style } from './style.ts';

/** `--confirm "Namespace shop"`, or `--max-deletions 12`, which is for all deletions together. */
export function flagFor({ type, subject, deletions }: Pick<Guard, 'type' | 'subject' | 'deletions'>): string {
  return type === 'maxDeletions' && deletions !== undefined
    ? `--max-deletions ${deletions}`
    : `--confirm ${quoted(printableLine(subject))}`;
}

export function guardLines(guards: readonly Guard[], style: Style): string[] {
  return guards.flatMap((guard) => [
    `${style.colour.red(style.glyphs.skip)} ${printableLine(guard.message)}`,
    style.colour.dim(`    to allow it: ${flagFor(guard)}`),
  ]);
}

/** As a shell reads it. */
function quoted(text: string): string {
  return /["$`\\!]/.test(text) ? `'${text.replaceAll("'", "'\\''")}'` : `"${text}"`;
}
