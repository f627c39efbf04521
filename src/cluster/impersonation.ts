/** Requests that act as a ServiceAccount: they may do what it may, and nothing else. */
import { VidraError } from '../errors.ts';
import type { Credentials, Grant } from './credentials.ts';
import { parseStatus } from './status-error.ts';
import type { Transport } from './transport.ts';

export interface ServiceAccount {
  readonly namespace: string;
  readonly name: string;
}

/** The server adds the groups that every ServiceAccount is in by itself; naming them would ask for the right to act as groups. */
export function impersonating(credentials: Credentials, { namespace, name }: ServiceAccount): Credentials {
  let last: { readonly plain: Grant; readonly acting: Grant } | undefined;
  const header = { 'impersonate-user': `system:serviceaccount:${namespace}:${name}` };
  return {
    async grant(renew) {
      const plain = await credentials.grant(renew);
      if (last?.plain !== plain) last = { plain, acting: { ...plain, headers: { ...plain.headers, ...header } } };
      return last.acting;
    },
  };
}

/** Tells a refusal of the impersonation from one of what the account asks for: throws CLUSTER_FORBIDDEN. */
export function impersonated(transport: Transport, { namespace, name }: ServiceAccount): Transport {
  return {
    async send(request) {
      const answer = await transport.send(request);
      if (answer.status !== 403) return answer;
      const { message = '' } = parseStatus(answer.body);
      if (!message.includes(' cannot impersonate')) return answer;
      const way = `grant the verb "impersonate" on it to whom the connection belongs to: ${message}`;
      throw new VidraError('CLUSTER_FORBIDDEN', `may not be acted as (serviceAccountName); ${way}`, {
        subject: `ServiceAccount ${namespace}/${name}`,
      });
    },
    close: () => transport.close(),
  };
}
