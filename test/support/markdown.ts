/** Reads Markdown as CommonMark has it, as far as Vidra writes it: fences, lists, HTML lines and code spans. For tests. */

/** Stands in `text` for a code span. */
export const span = '\u25a0';

/** What a text renders as: what is code, and what is not. */
export interface Rendered {
  readonly text: string;
  readonly code: readonly string[];
}

/** One line without its place in a block: code spans end at a run of backticks as long as the one that starts them. */
export function readInline(line: string): Rendered {
  const code: string[] = [];
  let text = '';
  let rest = line;
  for (;;) {
    const opening = /`+/.exec(rest);
    if (!opening) return { text: text + rest, code };
    const [fence] = opening;
    const after = rest.slice(opening.index + fence.length);
    const closing = new RegExp(`(?<!\`)\`{${fence.length}}(?!\`)`).exec(after);
    text += rest.slice(0, opening.index);
    if (!closing) {
      text += fence;
      rest = after;
      continue;
    }
    code.push(stripped(after.slice(0, closing.index)));
    text += span;
    rest = after.slice(closing.index + fence.length);
  }
}

/** One space at each end does not count where there is something else. */
function stripped(content: string): string {
  return content.startsWith(' ') && content.endsWith(' ') && content.trim() !== '' ? content.slice(1, -1) : content;
}

/** The lines of a document that are not inside a fence, and what is in each fence. */
export function readBlocks(markdown: string): {
  readonly lines: readonly string[];
  readonly fences: readonly string[][];
} {
  const lines: string[] = [];
  const fences: string[][] = [];
  let open: { fence: string; indent: string; content: string[] } | undefined;
  for (const line of markdown.split('\n')) {
    if (!open) {
      const opening = /^( *)(`{3,})[a-z]*$/.exec(line);
      if (opening) open = { indent: opening[1] ?? '', fence: opening[2] ?? '', content: [] };
      else lines.push(line);
    } else if (new RegExp(`^ {0,${open.indent.length + 3}}${open.fence}\`* *$`).test(line)) {
      fences.push(open.content);
      open = undefined;
    } else if (!line.startsWith(open.indent)) throw new Error(`The fence is left by ${JSON.stringify(line)}.`);
    else open.content.push(line.slice(open.indent.length));
  }
  if (open) throw new Error('A fence is never closed.');
  return { lines, fences };
}
