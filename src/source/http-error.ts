/** Why no answer came, in a person's words. */

import { VidraError } from '../errors.ts';

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refused the connection',
  ECONNRESET: 'broke the connection off',
  EPIPE: 'broke the connection off',
  UND_ERR_SOCKET: 'broke the connection off',
  ENOTFOUND: 'has a host name that is not known',
  EAI_AGAIN: 'has a host name that cannot be looked up now',
  EHOSTUNREACH: 'cannot be reached from this network',
  ENETUNREACH: 'cannot be reached from this network',
  ETIMEDOUT: 'did not accept the connection in time',
  UND_ERR_CONNECT_TIMEOUT: 'did not accept the connection in time',
};

const untrusted =
  /^(CERT_|ERR_TLS|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|ERR_SSL|EPROTO|HOSTNAME_MISMATCH)/;

/** SOURCE_UNREACHABLE with the reason; `passing` is false for what stays, such as a certificate that is not trusted. */
export function networkError(
  error: unknown,
  subject: string,
  timeoutMs: number,
): { readonly error: VidraError; readonly passing: boolean } {
  const code = codeOf(error);
  const unreachable = (message: string) => new VidraError('SOURCE_UNREACHABLE', message, { subject, cause: error });
  if (untrusted.test(code)) {
    return { error: unreachable(`its certificate is not trusted or TLS failed (${code})`), passing: false };
  }
  const slow = code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT' || code === 'TimeoutError';
  if (slow) return { error: unreachable(`gave no answer within ${timeoutMs / 1000} s`), passing: true };
  return {
    error: unreachable(reasons[code] ?? `the request failed (${code})`),
    passing: !code.startsWith('UND_ERR_INVALID'),
  };
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const inner = error instanceof AggregateError ? error.errors[0] : undefined;
  const code = (error as NodeJS.ErrnoException).code ?? (inner as NodeJS.ErrnoException | undefined)?.code;
  return typeof code === 'string' ? code : error.name;
}
