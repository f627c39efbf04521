/** Texts that are no manifests at all, told apart before a parser says something less helpful about them. */

import type { Remark } from './read-document.ts';

/** In UTF-16 units. */
const maxLength = 64 * 1024 * 1024;

// biome-ignore lint/suspicious/noControlCharactersInRegex: these characters are what it looks for
const control = /[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]/;

/** Why no document can be read from the text, or nothing. */
export function refuseText(text: string): Remark | undefined {
  if (text.length > maxLength) return { offset: 0, message: 'is longer than 64 MiB' };
  const page = /^[\ufeff\s]*<(?:!doctype\s+html|html|head|body|\?xml)\b/i.exec(text);
  if (page)
    return { offset: 0, message: 'this is an HTML page, not YAML; the address or a proxy on the way may be wrong' };
  const zero = text.indexOf('\0');
  return zero < 0 ? undefined : { offset: zero, message: 'this is binary data or UTF-16, not UTF-8 text' };
}

/** The first character that no YAML may hold between two offsets, or nothing. */
export function findControl(text: string, start = 0, end = text.length): Remark | undefined {
  const match = control.exec(start === 0 && end === text.length ? text : text.slice(start, end));
  if (!match) return undefined;
  const code = match[0].charCodeAt(0).toString(16).padStart(2, '0');
  return {
    offset: start + match.index,
    message: `holds the control character 0x${code}; write it as an escape in double quotes`,
  };
}
