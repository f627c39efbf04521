/** What the client makes of every recorded answer, whichever request it answers with it. */

import { describe, expect, it } from 'vitest';
import { VidraError } from '../../src/errors.ts';
import { type InfrahubDouble, startInfrahub } from '../../src/sandbox/infrahub.ts';
import type { Answer, InfrahubVersion } from '../../src/sandbox/infrahub-answer.ts';
import { checksumOf, memoryCache } from '../../src/source/artifact-cache.ts';
import type { InfrahubClient } from '../../src/source/infrahub-client.ts';
import type { Snapshot } from '../../src/source/source.ts';
import { admin, clientOf, sourceOf } from '../support/infrahub-reader.ts';
import { type Recording, readRecording, recordingNames } from '../support/infrahub-recording.ts';

const always = { times: Number.POSITIVE_INFINITY };
const versions: readonly InfrahubVersion[] = ['1.11.9', '1.2.11'];
const noHttp = ['websocket-subscription'];
const all = versions.flatMap((version) =>
  recordingNames(version)
    .filter((name) => !noHttp.includes(name))
    .map((name) => readRecording(version, name))
    .map((recording) => ({ version, name: recording.name, recording })),
);
const isContent = (name: string) =>
  /artifact(-|$)|^storage-/.test(name) && !/^at-query/.test(name) && !/-query-/.test(name);
const contents = all.filter(({ name, recording }) => isContent(name) && recording.hasBody);
const bodiless = all.filter(({ recording }) => !recording.hasBody);
const stored = all.filter(({ name }) => /(^|-)query(-|$)/.test(name) && !name.startsWith('at-artifact'));
const raw = all.filter(({ name }) => name.startsWith('graphql-'));
const auth = all.filter(({ name }) => name.startsWith('auth-'));
const api = all.filter(({ name }) => name.startsWith('api-'));

it('leaves no recording out', () => {
  const groups = [contents, bodiless, stored, raw, auth, api].flat();
  expect(all.filter((one) => !groups.includes(one)).map(({ name }) => name)).toEqual([]);
});

function answerOf({ status, answerHeaders, answerBody }: Recording): Answer {
  const type = answerHeaders.find(([header]) => header === 'content-type')?.[1];
  return { status, headers: type === undefined ? {} : { 'content-type': type }, body: answerBody };
}

function json(body: unknown): Answer {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

/** Runs with a double of its own rules, and gives what came of it. */
async function outcomeOf(
  version: InfrahubVersion,
  rules: (double: InfrahubDouble) => void,
  read: (client: InfrahubClient) => Promise<Snapshot>,
  credentials: Parameters<typeof clientOf>[1] = { credentials: { kind: 'apiKey', apiKey: 'key' } },
): Promise<Snapshot | VidraError> {
  const double = await startInfrahub({ version, apiKeys: ['key'] });
  rules(double);
  const client = clientOf(double, { attempts: 1, ...credentials });
  try {
    return await read(client);
  } catch (error) {
    if (error instanceof VidraError) return error;
    throw error;
  } finally {
    await client.close();
    await double.close();
  }
}

const codes: Readonly<Record<number, string>> = {
  401: 'SOURCE_UNAUTHORIZED',
  404: 'SOURCE_NOT_FOUND',
  409: 'SOURCE_REFUSED',
  422: 'SOURCE_REFUSED',
  500: 'SOURCE_FAILED',
  502: 'SOURCE_REFUSED',
};
const expectedCode = ({ status, answerBody }: Recording) =>
  status === 400 && /Branch: .* not found/.test(answerBody.toString())
    ? 'SOURCE_NOT_FOUND'
    : (codes[status] ?? 'SOURCE_REFUSED');

/** Every text that the answer holds as a message, read without the client's own parser. */
function words({ answerBody }: Recording): string[] {
  const text = answerBody.toString();
  const found = [...text.matchAll(/"(?:message|msg)":("(?:[^"\\]|\\.)*")|"errors":\[("(?:[^"\\]|\\.)*")/g)];
  return found.length === 0 ? [text.trim()] : found.map((match) => JSON.parse(match[1] ?? match[2] ?? '""') as string);
}

function expectRefusal(outcome: Snapshot | VidraError, recording: Recording, code = expectedCode(recording)): void {
  expect(outcome).toBeInstanceOf(VidraError);
  expect(outcome).toMatchObject({ code });
  // A code follows, and no sentence.
  for (const said of words(recording))
    expect((outcome as VidraError).message).toContain(said.trim().slice(0, 300).replace(/\.$/, ''));
}

describe('a recorded answer to a download', () => {
  it.each(contents)('$version $name', async ({ version, recording }) => {
    const { status, answerBody } = recording;
    const checksum = status === 200 ? checksumOf(answerBody) : '0'.repeat(32);
    const node = { id: 'a', name: { value: 'web' }, checksum: { value: checksum }, status: { value: 'Ready' } };
    const outcome = await outcomeOf(
      version,
      (double) => {
        double.answerNext(json({ data: { CoreArtifact: { count: 1, edges: [{ node }] } } }), {
          path: /^\/graphql/,
          ...always,
        });
        double.answerNext(answerOf(recording), { path: /^\/api\/artifact/, ...always });
      },
      (client) => sourceOf(client, {}, { attempts: 2 }).read(),
    );
    const said = answerBody.toString();
    if (status === 200) {
      expect((outcome as Snapshot).artifacts).toEqual([{ id: 'a', name: 'web', digest: checksum, content: said }]);
    } else if (status === 409 || said.includes('/ StorageObject') || (status === 500 && version === '1.2.11')) {
      expect(outcome).toMatchObject({ artifacts: [], pending: [{ id: 'a', name: 'web' }] });
    } else if (said.includes('/ CoreArtifact')) {
      expect(outcome).toMatchObject({ code: 'SOURCE_CHANGING' });
    } else expectRefusal(outcome, recording);
  });
});

it('has checksums that are those of the recorded contents', () => {
  const listed = new Set(
    all.flatMap(({ recording }) => recording.answerBody.toString().match(/"[0-9a-f]{32}"/g) ?? []),
  );
  const good = contents.filter(({ recording }) => recording.status === 200);
  expect(good.length).toBeGreaterThanOrEqual(50);
  expect(good.filter(({ recording }) => !listed.has(`"${checksumOf(recording.answerBody)}"`))).toEqual([]);
});

describe('a recorded answer to the stored query', () => {
  it.each(stored)('$version $name', async ({ version, recording }) => {
    const outcome = await outcomeOf(
      version,
      (double) => {
        double.answerNext({ ...json({ detail: 'Not Found' }), status: 404 }, { path: /^\/graphql/, ...always });
        double.answerNext(answerOf(recording), { path: /^\/api\/query/, ...always });
      },
      (client) => sourceOf(client, { artifactName: 'Webserver_Manifest' }, { cache: everything }).read(),
    );
    if (recording.status !== 200) return expectRefusal(outcome, recording);
    const text = recording.answerBody.toString();
    const { artifacts, pending, warnings } = outcome as Snapshot;
    expect(artifacts.every(({ name }) => name === 'Webserver_Manifest')).toBe(true);
    expect([...artifacts, ...pending]).toHaveLength(
      text.match(/"name":\{"value":"Webserver_Manifest"\}/g)?.length ?? 0,
    );
    expect(warnings.some((warning) => warning.includes('other names'))).toBe(text.includes('"app-'));
  });
});

/** A cache that has everything, so that only the listing matters. */
const everything = { get: async () => Buffer.from('kind: A'), put: async () => {} };

describe('a recorded answer to raw GraphQL', () => {
  const good = ['graphql-ok'];
  const fallsBack = ['graphql-unknown-field', 'graphql-events'];
  it.each(raw)('$version $name', async ({ version, name, recording }) => {
    const outcome = await outcomeOf(
      version,
      (double) => {
        double.answerNext(answerOf(recording), { path: /^\/graphql/, ...always });
        double.setArtifact({ name: 'Webserver_Manifest', id: 'stored', content: 'kind: A' });
      },
      (client) => sourceOf(client, { artifactName: 'Webserver_Manifest' }, { cache: everything }).read(),
    );
    const text = recording.answerBody.toString();
    if (good.includes(name)) {
      expect((outcome as Snapshot).artifacts.map(({ id }) => id)).toEqual(
        text.match(/(?<="node":\{"id":")[^"]+(?=","display_label":"Webserver_Manifest")/g),
      );
    } else if (
      (fallsBack.includes(name) && text.includes('"errors"')) ||
      text.includes("field 'status' on type 'Branch'")
    ) {
      expect((outcome as Snapshot).artifacts.map(({ id }) => id)).toEqual(['stored']);
    } else if (text.includes('"errors"') || recording.status !== 200) {
      expectRefusal(outcome, recording, recording.status === 200 ? 'SOURCE_REFUSED' : expectedCode(recording));
    } else expect(outcome).toMatchObject({ code: 'SOURCE_INVALID_ANSWER' });
  });
});

describe('a recorded answer to a login', () => {
  it.each(auth)('$version $name', async ({ version, name, recording }) => {
    const outcome = await outcomeOf(
      version,
      (double) => {
        double.answerNext(answerOf(recording), { path: /login/, ...always });
        double.answerNext(json({ data: { CoreArtifact: { count: 0, edges: [] } } }), { path: /^\/graphql/, ...always });
      },
      (client) => sourceOf(client, {}, { cache: memoryCache() }).read(),
      { credentials: admin },
    );
    if (name === 'auth-login-ok') expect(outcome).toMatchObject({ complete: true, artifacts: [] });
    else if (name === 'auth-refresh-ok') expect(outcome).toMatchObject({ code: 'SOURCE_INVALID_ANSWER' });
    else if (name === 'auth-login-unknown-user') expect(outcome).toMatchObject({ code: 'SOURCE_UNAUTHORIZED' });
    else expectRefusal(outcome, recording);
  });
});

describe('a recorded answer to the question for the version', () => {
  it.each(api)('$version $name', async ({ version, name, recording }) => {
    const outcome = await outcomeOf(
      version,
      (double) => double.answerNext(answerOf(recording), { path: /info/ }),
      (client) => sourceOf(client).read(),
    );
    const warned = (outcome as Snapshot).warnings.some((warning) => warning.includes(version));
    expect(warned).toBe(name === 'api-info' && version === '1.2.11');
  });
});
