/** Infrahub writes a list that a transform returns in Python's notation, `[{'kind': 'Pod', 'x': None}]`: YAML but for two things. */

const escapes = /\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|(.))/g;
const letters = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

/** Whether a document is such a list. No person writes a list of mappings with quoted keys on one line. */
export function isPythonList(text: string, start: number): boolean {
  return text.startsWith("[{'", start);
}

/** A word without quotes: `None` is Python's null. */
export function isPythonNull(source: string): boolean {
  return source === 'None';
}

/** A text in single quotes, where YAML knows no escapes and Python does. */
export function resolvePythonText(source: string): string {
  return source.replace(escapes, (_, two?: string, four?: string, eight?: string, letter?: string) => {
    const digits = two ?? four ?? eight;
    return digits ? String.fromCodePoint(Number.parseInt(digits, 16)) : (letters.get(letter ?? '') ?? letter ?? '');
  });
}
