/** Places in documents, as JSON patches name them (RFC 6901). */

/** One step of a pointer, with the slash before it. */
export function pointerStep(name: string): string {
  return `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
