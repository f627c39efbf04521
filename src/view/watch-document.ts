/** What a loop says, for machines: one JSON document a line. */
import { stringify } from 'lossless-json';
import type { VidraError } from '../errors.ts';
import type { LoopEvent } from '../loop/event.ts';
import { resultDocument } from './document.ts';

/** Raised when a field goes away or changes its meaning, not when one is added. */
const formatVersion = '1';

/** Ends with a line feed. Objects that stay as they are are only counted. */
export function watchDocumentText(event: LoopEvent, now: Date): string {
  const { type: name, ...facts } = event;
  return `${stringify({ formatVersion, time: now.toISOString(), event: name, ...documentOf(facts) })}\n`;
}

function documentOf(facts: Readonly<Record<string, unknown>> | Omit<LoopEvent, 'type'>): object {
  const { error, result, milliseconds, ...rest } = facts as {
    readonly error?: VidraError;
    readonly result?: Parameters<typeof resultDocument>[0];
    readonly milliseconds?: number;
  };
  return {
    ...rest,
    ...(milliseconds !== undefined && { milliseconds: Math.round(milliseconds) }),
    ...(error && { problem: { code: error.code, message: error.message } }),
    ...(result && { result: withoutKept(resultDocument(result)) }),
  };
}

function withoutKept(document: ReturnType<typeof resultDocument>) {
  const owners = document.owners.map((owner) => ({
    ...owner,
    changes: owner.changes.filter(({ action }) => action !== 'keep'),
  }));
  return { ...document, owners };
}
