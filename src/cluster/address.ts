/** Addresses of API servers. */

/** Whether two URLs lead to one server: the same scheme, host, port and path, however they are written. */
export function isSameAddress(one: string, other: string): boolean {
  return normalize(one) === normalize(other);
}

function normalize(url: string): string {
  if (!URL.canParse(url)) return url;
  const { origin, pathname } = new URL(url);
  return origin + pathname.replace(/\/+$/, '');
}
