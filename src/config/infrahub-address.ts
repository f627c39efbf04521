/** What people write for an Infrahub: an address, or as upstream's CLI takes it too, only a host. */
import { VidraError } from '../errors.ts';
import { isLabelValue } from './namespace-name.ts';

export interface InfrahubAddress {
  /** As labels have it: without scheme and port. */
  readonly host: string;
  /** With the port, if there is one. */
  readonly hostAndPort: string;
  /** Missing where only a host was written: it is any Infrahub there. */
  readonly url?: string;
}

/** Throws USAGE. */
export function infrahubAddress(text: string): InfrahubAddress {
  if (!text.includes('://') && isLabelValue(text)) return { host: text, hostAndPort: text };
  const url = infrahubUrl(text, 'the address');
  const { hostname: host, host: hostAndPort } = new URL(url);
  if (isLabelValue(host)) return { host, hostAndPort, url };
  throw new VidraError('USAGE', `${host} cannot be the value of a label, by which the Secret is found; use a name`);
}

/** As it is shown and compared. `what` is how the text is spoken of. Throws USAGE. */
export function infrahubUrl(text: string, what: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isWeb = url?.protocol === 'http:' || url?.protocol === 'https:';
  if (!url || !isWeb) throw new VidraError('USAGE', `write ${what} as https://infrahub.example.com`);
  if (url.username || url.password) throw new VidraError('USAGE', 'credentials do not belong into the address');
  if (url.search || url.hash) throw new VidraError('USAGE', `${what} must end with the path, without ? and #`);
  return url.href.replace(/\/$/, '');
}
