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
  /** Whether all writes were answered before the first deletion was sent. */
  wroteBeforeDeleting(): boolean;
  /** Whose requests shall be told under which name. */
  name(server: string, receiver: string): void;
  /** For people, by receiver, as in `34 requests to the cluster`. Counting starts anew. */
  take(): string[];
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
    if (request.method === 'DELETE') early ||= sent.some((other) => isWrite(other) && !other.completed);
    if (isWrite(request)) early ||= sent.some((other) => other.method === 'DELETE');
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
    wroteBeforeDeleting: () => !early,
    name: (server, receiver) => void receivers.set(server, receiver),
    take() {
      const counts = [...receivers].map(([server, receiver]) => ({ receiver, sent: count(server) }));
      sent = [];
      early = false;
      return counts.filter((one) => one.sent > 0).map((one) => `${countOf(one.sent, 'request')} to ${one.receiver}`);
    },
  };
}

/** Of a managed object: records are created and replaced with other methods. */
function isWrite({ method, path }: SentRequest): boolean {
  return method === 'PATCH' && !path.includes('dryRun=');
}
