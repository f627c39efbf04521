/** Texts that are no manifests at all, told apart before a parser says something less helpful about them. */

import type { Remark } from './read-document.ts';

/** In UTF-16 units. */
const maxLength = 64 * 1024 * 1024;

// biome-ignore lint/suspicious/noControlCharactersInRegex: these characters are what it looks for
const control = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/;

/** Why no document can be read from the text, or nothing. */
export function refuseText(text: string): Remark | undefined {
  if (text.length > maxLength) return { offset: 0, message: 'is longer than 64 MiB' };
  const page = /^[\ufeff\s]*<(?:!doctype\s+html|html|head|body|\?xml)\b/i.exec(text);
  if (page)
    return { offset: 0, message: 'this is an HTML page, not YAML; the address or a proxy on the way may be wrong' };
  const binary = control.exec(text);
  if (!binary) return undefined;
  const code = binary[0].charCodeAt(0).toString(16).padStart(2, '0');
  return { offset: binary.index, message: `holds the control character 0x${code}: this is not text` };
}
