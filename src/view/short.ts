/** Long values, cut so that people still see what matters. */

/** Takes out the middle of what is too long. */
export function short(text: string, longest: number, ellipsis: string): string {
  if (text.length <= longest) return text;
  const half = Math.floor((longest - ellipsis.length) / 2);
  return text.slice(0, half) + ellipsis + text.slice(-half);
}

/** Takes out what both have in common before it takes out the middle, so that the two never look the same. */
export function shortPair(before: string, after: string, longest: number, ellipsis: string): [string, string] {
  if (before.length <= longest && after.length <= longest) return [before, after];
  let same = 0;
  while (same < Math.min(before.length, after.length) && before[same] === after[same]) same++;
  const cut = same - 12;
  if (cut < 12) return [short(before, longest, ellipsis), short(after, longest, ellipsis)];
  const rest = (text: string) => shortEnd(ellipsis + text.slice(cut), longest, ellipsis);
  return [rest(before), rest(after)];
}

/** Takes out the end of what is too long. */
export function shortEnd(text: string, longest: number, ellipsis: string): string {
  return text.length <= longest ? text : text.slice(0, longest - 1) + ellipsis;
}
