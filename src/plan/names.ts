/** Names of owners in a reason, which is one line. */

/** `a`, `a and 1 other`, `a and 2 others`. */
export function firstOf(names: readonly string[]): string {
  const others = names.length - 1;
  return `${names[0] ?? ''}${others > 0 ? ` and ${others} other${others === 1 ? '' : 's'}` : ''}`;
}
