/** The address of a source, checked: no credentials, no query. */

import { VidraError } from '../errors.ts';

export interface Address {
  readonly url: URL;
  /** Without a slash at the end, for people. */
  readonly description: string;
}

/** Throws USAGE, without repeating the address, since a refused one may hold a password. */
export function parseAddress(address: string): Address {
  if (!URL.canParse(address))
    throw refused('cannot be read: write http://host or https://host, with port and path if needed');
  const url = new URL(address);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw refused('must begin with http:// or https://');
  if (url.username || url.password) throw refused('holds credentials: give them separately');
  if (url.search || url.hash) throw refused('must end with the path, without ? and #');
  return { url, description: `${url.origin}${url.pathname.replace(/\/$/, '')}` };
}

function refused(reason: string): VidraError {
  return new VidraError('USAGE', reason, { subject: 'The address of the source' });
}
