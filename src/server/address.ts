/** Where a server listens, as flags say it. */
import { VidraError } from '../errors.ts';

export interface Address {
  /** Nothing means every address of the machine. */
  readonly host?: string;
  /** 0 is any free one. */
  readonly port: number;
}

/** Reads `:8081`, `127.0.0.1:0` and `[::1]:80`; nothing for `0`, which means no server. Throws USAGE. */
export function parseAddress(text: string): Address | undefined {
  if (text === '0') return undefined;
  const [, bracketed, plain, digits] = /^(?:\[([^[\]]+)\]|([^[\]:]*)):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (digits === undefined || port > 65_535) {
    throw new VidraError('USAGE', `"${text}" is no address: write :8081, 127.0.0.1:8081, [::1]:8081, or 0 for none`);
  }
  const host = bracketed ?? plain;
  return host ? { host, port } : { port };
}
