/** The Infrahub double, held to recordings of real servers: every one is replayed or listed with a reason. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { InfrahubDouble } from '../../src/sandbox/infrahub.ts';
import type { InfrahubVersion } from '../../src/sandbox/infrahub-answer.ts';
import { startRecorded } from '../support/infrahub-recorded-state.ts';
import { type Recording, readRecording, recordingNames } from '../support/infrahub-recording.ts';

const notReplayed: Readonly<Record<string, string>> = {
  'websocket-subscription': 'WebSockets are not used: the server re-sends the whole result on a timer',
  'graphql-events': 'events are not read: they are capped at 50 and tell no artifact name',
  'graphql-events-limit': 'events are not read',
};

/** What was done to the server's storage behind its back while a recording was made. */
const scenes: Readonly<Record<string, (double: InfrahubDouble, storageId: string) => void>> = {
  'artifact-checksum-mismatch': ({ state }, storageId) => void state.files.set(storageId, Buffer.from('tampered')),
  'storage-checksum-mismatch': ({ state }, storageId) => void state.files.set(storageId, Buffer.from('tampered')),
  'artifact-storage-missing': ({ state }, storageId) => void state.files.delete(storageId),
};
/** The server refreshes its Date header once a second only, and this answer tells the time that it really was. */
const lateDates: Readonly<Record<string, number>> = { 'graphql-at': 1000 };
const shopStorage = '18ea5d75-67a0-a6a3-e363-192d2bacc39e';

describe.each(['1.11.9', '1.2.11'] as const)('the double of Infrahub %s', (version) => {
  let double: InfrahubDouble;
  let now = Date.parse('2026-11-22T12:47:00Z');
  beforeAll(async () => {
    double = await startRecorded(version, () => now);
  });
  afterAll(() => double.close());

  const replayed = recordingNames(version).filter((name) => !(name in notReplayed));
  it('is held to more than a hundred recordings', () => expect(replayed.length).toBeGreaterThan(100));

  it.each(replayed)('answers as recorded: %s', async (name) => {
    const recording = readRecording(version, name);
    now = recording.date + (lateDates[name] ?? 0);
    const kept = double.state.files.get(shopStorage);
    scenes[name]?.(double, shopStorage);
    const answer = await replay(double, recording);
    if (kept) double.state.files.set(shopStorage, kept);
    expect(answer.head).toEqual(recordedHead(recording));
    if (recording.hasBody) expect(comparable(answer.body, double.address)).toEqual(recordedBody(recording));
    else expect(answer.length).toBe(header(recording, 'content-length'));
  });
});

it('lists no recording as not replayed that does not exist', () => {
  const versions: readonly InfrahubVersion[] = ['1.11.9', '1.2.11'];
  const names = new Set(versions.flatMap(recordingNames));
  expect(Object.keys({ ...notReplayed, ...scenes }).filter((name) => !names.has(name))).toEqual([]);
});

async function replay(double: InfrahubDouble, recording: Recording) {
  const { method, target, body } = recording;
  const headers: Record<string, string> = { 'accept-encoding': 'identity', ...recording.headers };
  if (headers['authorization'] === 'Bearer JWT')
    headers['authorization'] = `Bearer ${tokenFor(double, recording.name)}`;
  const answer = await fetch(`${double.address}${target}`, { method, headers, ...(body !== undefined && { body }) });
  return {
    head: head(answer.status, [...answer.headers]),
    body: await answer.text(),
    length: answer.headers.get('content-length') ?? undefined,
  };
}

function tokenFor(double: InfrahubDouble, name: string): string {
  if (name === 'auth-refresh-ok') return double.accounts.issue('refresh', 3600);
  return double.accounts.issue('access', name.endsWith('expired-token') ? -3600 : 3600);
}

function recordedHead(recording: Recording) {
  return head(recording.status, recording.answerHeaders);
}

function recordedBody(recording: Recording) {
  return comparable(recording.answerBody.toString(), 'http://127.0.0.1:8000');
}

/** Status and headers without what is of the moment; of the request id only that it is there. */
function head(status: number, headers: Iterable<readonly [string, string]>) {
  const moment = ['date', 'x-process-time', 'content-length', 'connection', 'keep-alive'];
  const kept = [...headers].filter(([name]) => !moment.includes(name));
  const values = kept.map(([name, value]) => {
    if (name === 'x-request-id') return `${name}: ${/^[0-9a-f]{32}$/.test(value)}`;
    return `${name}: ${value.replace(/_token=[^;]+/, '_token=JWT')}`;
  });
  return { status, headers: values.sort() };
}

/** JSON parsed, text as it is; tokens, the deployment, the address and fractions of a second are replaced. */
function comparable(text: string, address: string): unknown {
  const plain = text
    .replaceAll(address, 'ADDRESS')
    .replace(/"(access|refresh)_token":"[^"]+"/g, '"$1_token":"JWT"')
    .replace(/"deployment_id":"[^"]+"/, '"deployment_id":"ID"')
    .replace(/(T\d{2}:\d{2}:\d{2})\.\d+/g, '$1');
  return /^[{[]"/.test(plain) ? JSON.parse(plain) : plain;
}

function header(recording: Recording, name: string): string | undefined {
  return recording.answerHeaders.find(([candidate]) => candidate === name)?.[1];
}
