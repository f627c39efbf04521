/** Counts the requests of the verbs where they leave this process, so that the demo can say what really happened. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { countOf } from '../view/quantity.ts';

/** The parts of undici's requests that are looked at. */
interface SentRequest {
  readonly origin: string | URL;
  readonly method: string;
  readonly path: string;
  readonly completed: boolean;
}

export interface RequestCounter {
  /** Only what is sent while `work` runs is counted. */
  during<T>(work: () => Promise<T>): Promise<T>;
  /** Requests to a server (a URL) since the last `take`. */
  count(server: string): number;
  /** Whether something was written, something deleted, and all that was written answered before the first deletion was sent. */
  wroteBeforeDeleting(): boolean;
  /** Whose requests shall be told under which name. */
  name(server: string, receiver: string): void;
  /** For people: `34 requests to the cluster and 2 to Infrahub`; empty when there were none. Counting starts anew. */
  take(): string;
}

const channel = 'undici:request:create';

export function createRequestCounter(): RequestCounter {
  let sent: SentRequest[] = [];
  const receivers = new Map<string, string>();
  let early = false;
  const count = (server: string) =>
    sent.filter(({ origin }) => new URL(origin).origin === new URL(server).origin).length;
  const listen = (message: unknown) => {
    const { request } = message as { request: SentRequest };
    if (isDeletion(request)) early ||= sent.some((other) => isWrite(other) && !other.completed);
    if (isWrite(request)) early ||= sent.some(isDeletion);
    sent.push(request);
  };
  return {
    async during(work) {
      subscribe(channel, listen);
      try {
        return await work();
      } finally {
        unsubscribe(channel, listen);
      }
    },
    count,
    wroteBeforeDeleting: () => !early && sent.some(isWrite) && sent.some(isDeletion),
    name: (server, receiver) => void receivers.set(server, receiver),
    take() {
      const counts = [...receivers].map(([server, receiver]) => ({ receiver, number: count(server) }));
      sent = [];
      early = false;
      return counts
        .filter(({ number }) => number > 0)
        .map(({ number, receiver }, index) => `${index === 0 ? countOf(number, 'request') : number} to ${receiver}`)
        .join(' and ');
    },
  };
}

function isDeletion({ method }: SentRequest): boolean {
  return method === 'DELETE';
}

/** Of a managed object: records are created and replaced with other methods. */
function isWrite({ method, path }: SentRequest): boolean {
  return method === 'PATCH' && !path.includes('dryRun=');
}
