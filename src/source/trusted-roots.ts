/** Private certificate authorities, trusted besides the default ones. */

import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { VidraError } from '../errors.ts';

const block = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** The default roots and those of the PEM text. Throws USAGE when it holds none, or one that cannot be read. */
export function trustedRoots(pem: string): string[] {
  const own = pem.match(block) ?? [];
  if (own.length === 0) throw unusable('holds no PEM certificate');
  for (const certificate of own) {
    try {
      new X509Certificate(certificate);
    } catch (cause) {
      throw unusable('holds a certificate that cannot be read', cause);
    }
  }
  return [...rootCertificates, ...own];
}

function unusable(message: string, cause?: unknown): VidraError {
  return new VidraError('USAGE', message, { subject: 'The certificate authority', cause });
}
