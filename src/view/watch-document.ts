/** What a loop says, for machines: one JSON document a line, each complete in itself. */
import type { LoopEvent } from '../loop/event.ts';
import type { Trigger } from '../loop/trigger.ts';
import { stringifyJson } from '../manifest/json.ts';
import type { JsonObject } from '../manifest/manifest.ts';
import type { Problem } from '../plan/plan.ts';
import { type ResultDocument, resultDocument } from './document.ts';

/** Raised when a field goes away or changes its meaning, not when one is added. */
export const formatVersion = '1';

interface Of {
  readonly definition?: string;
}

/** What each event tells besides its name and time. */
export interface WatchFacts {
  readonly watching: { readonly set: string; readonly server: string; readonly intervalMs: number };
  readonly reconciling: Of & { readonly trigger: Trigger };
  readonly reconciled: Of & {
    readonly trigger: Trigger;
    readonly milliseconds: number;
    readonly result: ResultDocument;
  };
  readonly superseded: WatchFacts['reconciling'] & Partial<WatchFacts['reconciled']>;
  readonly failed: Of & { readonly trigger: Trigger; readonly problem: Problem };
  readonly waiting: { readonly problem: Problem };
  readonly shard: { readonly shard: number; readonly state: Extract<LoopEvent, { type: 'shard' }>['state'] };
  readonly blind: { readonly problem: Problem };
  readonly warned: { readonly problem: Problem };
  readonly settings: {
    readonly syncIntervalMs: number;
    readonly resourceIntervalMs: number;
    readonly queryName: string;
    readonly reconcileOnEvents: boolean;
  };
  readonly definitions: { readonly count: number };
  readonly unreadable: { readonly problem: Problem };
  readonly ended: Readonly<Record<never, never>>;
}

/** Ends with a line feed. Objects that stay as they are are only counted. */
export function watchDocumentText(event: LoopEvent, now: Date): string {
  const { type, ...facts } = event;
  const document = { formatVersion, time: now.toISOString(), event: type, ...readable(facts as Facts) };
  return `${stringifyJson(document as unknown as JsonObject)}\n`;
}

type Facts = Partial<
  Pick<Extract<LoopEvent, { type: 'failed' }>, 'error'> & Pick<Reconciled, 'result' | 'milliseconds'>
>;
type Reconciled = Extract<LoopEvent, { type: 'reconciled' }>;

function readable({ error, result, milliseconds, ...rest }: Facts): object {
  return {
    ...rest,
    ...(milliseconds !== undefined && { milliseconds: Math.round(milliseconds) }),
    ...(error && { problem: { code: error.code, message: error.message } }),
    ...(result && { result: withoutKept(resultDocument(result)) }),
  };
}

function withoutKept(document: ResultDocument): ResultDocument {
  const owners = document.owners.map((owner) => ({
    ...owner,
    changes: owner.changes.filter(({ action }) => action !== 'keep'),
  }));
  return { ...document, owners };
}
