/** Breaks sentences into lines. */

/** Lines of at most `width` characters where the words allow it. */
export function wrap(text: string, width = 78): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
