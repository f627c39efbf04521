/** A certificate in files that somebody renews, as cert-manager does. */
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { VidraError } from '../errors.ts';
import type { Certificate } from './server.ts';

export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
}

/** Throws USAGE. */
export async function readCertificate({ cert, key }: CertificateFiles): Promise<Certificate> {
  const read = (file: string) =>
    readFile(file).catch((cause) => {
      throw new VidraError('USAGE', `cannot be read: ${cause.message}`, { subject: file, cause });
    });
  const [certText, keyText] = await Promise.all([read(cert), read(key)]);
  return { cert: certText, key: keyText };
}

/** Looks at the files every few seconds until the signal aborts, and hands over what is new and fits together. */
export async function followCertificate(
  files: CertificateFiles,
  first: Certificate,
  renew: (certificate: Certificate) => void,
  signal: AbortSignal,
  everyMs = 10_000,
): Promise<void> {
  let last = first;
  const isSame = (other: Certificate) => `${other.cert}${other.key}` === `${last.cert}${last.key}`;
  for (;;) {
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    const next = await readCertificate(files).catch(() => last);
    if (isSame(next)) continue;
    try {
      renew(next);
      last = next;
    } catch {
      // One of the two files is of the next pair already: the other one follows.
    }
  }
}
