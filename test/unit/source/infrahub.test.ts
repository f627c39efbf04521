import { afterEach, describe, expect, it } from 'vitest';
import { type InfrahubDouble, type InfrahubDoubleOptions, startInfrahub } from '../../../src/sandbox/infrahub.ts';
import { checksumOf, memoryCache } from '../../../src/source/artifact-cache.ts';
import type { InfrahubClient, InfrahubClientOptions } from '../../../src/source/infrahub-client.ts';
import { clientOf, sourceOf } from '../../support/infrahub-reader.ts';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function start(
  options: InfrahubDoubleOptions = {},
  clientOptions: Partial<InfrahubClientOptions> = {},
): Promise<{ double: InfrahubDouble; client: InfrahubClient }> {
  const double = await startInfrahub(options);
  ends.push(() => double.close());
  const client = clientOf(double, clientOptions);
  ends.push(() => client.close());
  return { double, client };
}

const downloads = (double: InfrahubDouble) => double.count('GET', /^\/api\/artifact/);
const listings = (double: InfrahubDouble) => double.count('POST', /^\/graphql/) + double.count('GET', /^\/api\/query/);
const refuseGraphql = (double: InfrahubDouble) =>
  double.answerNext(
    {
      status: 403,
      headers: { 'content-type': 'application/json' },
      body: '{"data":null,"errors":[{"message":"You do not have the permission","extensions":{"code":403}}]}',
    },
    { path: /^\/graphql/, times: Number.POSITIVE_INFINITY },
  );

describe.each(['1.11.9', '1.2.11'] as const)('a snapshot of Infrahub %s', (version) => {
  it('holds every artifact of the name, and none of another', async () => {
    const { double, client } = await start({ version });
    const ids = ['kind: A', 'kind: B'].map((content) => double.setArtifact({ name: 'web', content }));
    double.setArtifact({ name: 'other', content: 'kind: C' });
    const snapshot = await sourceOf(client).read();
    expect(snapshot.complete).toBe(true);
    expect(snapshot.pending).toEqual([]);
    expect(snapshot.artifacts).toEqual(
      ids
        .map((id, index) => ({ id, content: ['kind: A', 'kind: B'][index] ?? '' }))
        .map(({ id, content }) => ({ id, name: 'web', digest: checksumOf(Buffer.from(content)), content }))
        .sort((left, right) => (left.id < right.id ? -1 : 1)),
    );
  });

  it('tells an artifact that was never rendered from one that is not there', async () => {
    const { double, client } = await start({ version });
    double.setArtifact({ name: 'web', id: 'a', status: 'Pending' });
    double.setArtifact({ name: 'web', id: 'b', status: 'Error' });
    double.setArtifact({ name: 'web', id: 'c', content: 'kind: C' });
    double.setArtifact({ name: 'web', id: 'd', content: 'kind: D' });
    double.removeArtifact('d');
    const { artifacts, pending, complete } = await sourceOf(client).read();
    expect(complete).toBe(true);
    expect(artifacts.map(({ id }) => id)).toEqual(['c']);
    expect(pending.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(pending.map(({ reason }) => reason).join()).toMatch(/not rendered yet.*Pending.*failed.*status Error/);
  });

  it('is complete and empty when no artifact has the name', async () => {
    const { client } = await start({ version });
    expect(await sourceOf(client).read()).toMatchObject({ complete: true, artifacts: [], pending: [] });
  });

  it('says when the content is that of the last successful rendering', async () => {
    const { double, client } = await start({ version });
    const id = double.setArtifact({ name: 'web', content: 'kind: A', object: { id: 'o', label: 'shop' } });
    double.setArtifact({ name: 'web', id, status: 'Error' });
    const { artifacts, warnings } = await sourceOf(client).read();
    expect(artifacts[0]?.content).toBe('kind: A');
    expect(warnings.join()).toMatch(/web \(shop, .*status Error.*last success/);
  });

  it('says nothing of renderings when all have succeeded', async () => {
    const { double, client } = await start({ version });
    double.setArtifact({ name: 'web', content: 'kind: A' });
    expect((await sourceOf(client).read()).warnings.join()).not.toContain('rendering');
  });

  it('is of the asked branch, and names one that is not there', async () => {
    const { double, client } = await start({ version });
    double.addBranch('scale up/1');
    const id = double.setArtifact({ name: 'web', content: 'replicas: 1' });
    double.setArtifact({ name: 'web', id, branch: 'scale up/1', content: 'replicas: 5' });
    const branched = await sourceOf(client, { branch: 'scale up/1' }).read();
    const main = await sourceOf(client).read();
    expect([branched.artifacts[0]?.content, main.artifacts[0]?.content]).toEqual(['replicas: 5', 'replicas: 1']);
    expect(branched.revision).not.toBe(main.revision);
    const unknown = sourceOf(client, { branch: 'nowhere' }).read();
    await expect(unknown).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND' });
    await expect(unknown).rejects.toThrow(/Branch: nowhere not found$/);
  });

  it('falls back to the stored query where raw GraphQL is refused, and remembers it', async () => {
    const { double, client } = await start({ version });
    refuseGraphql(double);
    const id = double.setArtifact({ name: 'web', content: 'kind: A' });
    double.setArtifact({ name: 'other', content: 'kind: C' });
    const source = sourceOf(client);
    expect((await source.read()).artifacts.map((artifact) => artifact.id)).toEqual([id]);
    await source.read();
    expect(double.count('POST', /^\/graphql/)).toBe(1);
    expect(double.requests.find(({ path }) => path === '/api/query/ArtifactIDs')?.query).toBe(
      'branch=main&artifactname=web',
    );
  });

  it('ignores artifacts of other names when the stored query has no such variable, and says so', async () => {
    const { double, client } = await start({ version });
    refuseGraphql(double);
    const text =
      'query Mine($name: [String]) { CoreArtifact(name__values: $name) { edges { node { id name { value } checksum { value } } } } }';
    double.state.queries.push({ id: 'q', name: 'Mine', text, createdAt: 0 });
    const id = double.setArtifact({ name: 'web', content: 'kind: A' });
    double.setArtifact({ name: 'other', content: 'kind: B' });
    const { artifacts, warnings } = await sourceOf(client, { queryName: 'Mine' }).read();
    expect(artifacts.map((artifact) => artifact.id)).toEqual([id]);
    expect(downloads(double)).toBe(1);
    expect(warnings.join()).toMatch(/1 artifacts of other names \(other\).*"artifactname"/);
    expect(warnings.join()).toContain('does not tell whether renderings failed');
  });

  it('refuses a stored query that does not tell the names', async () => {
    const { double, client } = await start({ version });
    refuseGraphql(double);
    const text = '{ CoreArtifact { edges { node { id checksum { value } } } } }';
    double.state.queries.push({ id: 'q', name: 'Mine', text, createdAt: 0 });
    double.setArtifact({ name: 'other', content: 'kind: B' });
    const reading = sourceOf(client, { queryName: 'Mine' }).read();
    await expect(reading).rejects.toMatchObject({ code: 'SOURCE_INVALID_ANSWER' });
    await expect(reading).rejects.toThrow('select name { value }');
  });

  it('names a stored query that is not there, and why raw GraphQL was not used', async () => {
    const { double, client } = await start({ version });
    refuseGraphql(double);
    const reading = sourceOf(client, { queryName: 'Nope' }).read();
    await expect(reading).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND' });
    await expect(reading).rejects.toThrow(
      /Nope.*Unable to find the node.*refused before: You do not have the permission/,
    );
  });

  it('is as of the date, listing and contents alike', async () => {
    const { double, client } = await start({ version, createdAt: Date.now() - 86_400_000 });
    const hour = (ago: number) => new Date(Date.now() - ago * 3_600_000);
    const id = double.setArtifact({ name: 'web', content: 'replicas: 1', at: hour(3) });
    double.setArtifact({ name: 'web', id, content: 'replicas: 5', at: hour(1) });
    const { artifacts } = await sourceOf(client, { date: 'now-2h' }).read();
    expect(artifacts.map(({ content }) => content)).toEqual(['replicas: 1']);
    const asked = double.requests
      .filter(({ path }) => /graphql|artifact/.test(path))
      .map(({ query }) => new URLSearchParams(query).get('at'));
    expect(asked).toHaveLength(2);
    expect(new Set(asked).size).toBe(1);
    expect(asked[0]).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/);
    expect((await sourceOf(client, { date: 'now-4h' }).read()).artifacts).toEqual([]);
  });

  it('is the newest state for a date to come, and says so', async () => {
    const { double, client } = await start({ version });
    double.setArtifact({ name: 'web', content: 'kind: A' });
    const { artifacts, warnings } = await sourceOf(client, { date: '2999-01-01' }).read();
    expect(artifacts).toHaveLength(1);
    expect(warnings.join()).toContain('2999-01-01T00:00:00Z lies in the future');
  });

  it('lists again when an artifact is rendered anew between listing and download', async () => {
    const { double, client } = await start({ version });
    const id = double.setArtifact({ name: 'web', content: 'replicas: 1' });
    double.afterNext(() => double.setArtifact({ name: 'web', id, content: 'replicas: 2' }), { path: /^\/graphql/ });
    const { artifacts } = await sourceOf(client).read();
    expect(artifacts.map(({ content }) => content)).toEqual(['replicas: 2']);
  });

  it('lists again when an artifact is deleted between listing and download', async () => {
    const { double, client } = await start({ version });
    const id = double.setArtifact({ name: 'web', content: 'kind: A' });
    const stays = double.setArtifact({ name: 'web', content: 'kind: B' });
    double.afterNext(() => double.removeArtifact(id), { path: /^\/graphql/ });
    const { artifacts, pending } = await sourceOf(client).read();
    expect(artifacts.map((artifact) => artifact.id)).toEqual([stays]);
    expect(pending).toEqual([]);
  });

  it('holds no mixture of two moments when one artifact changes while another is downloaded', async () => {
    const { double, client } = await start({ version });
    const first = double.setArtifact({ name: 'web', id: 'a', content: 'one: 1' });
    const second = double.setArtifact({ name: 'web', id: 'b', content: 'two: 1' });
    double.afterNext(
      () => {
        double.setArtifact({ name: 'web', id: first, content: 'one: 2' });
        double.setArtifact({ name: 'web', id: second, content: 'two: 2' });
      },
      { path: /^\/api\/artifact\/a/ },
    );
    const { artifacts } = await sourceOf(client).read();
    expect(artifacts.map(({ content }) => content)).toEqual(['one: 2', 'two: 2']);
  });

  it('gives up when artifacts never stand still', async () => {
    const { double, client } = await start({ version });
    const id = double.setArtifact({ name: 'web', content: 'replicas: 0' });
    let replicas = 0;
    double.afterNext(() => double.setArtifact({ name: 'web', id, content: `replicas: ${++replicas}` }), {
      path: /^\/api\/artifact/,
      times: Number.POSITIVE_INFINITY,
    });
    await expect(sourceOf(client).read()).rejects.toMatchObject({ code: 'SOURCE_CHANGING' });
    expect(downloads(double)).toBe(4);
  });

  it('downloads nothing that it has, and lists only once then', async () => {
    const { double, client } = await start({ version });
    const id = double.setArtifact({ name: 'web', content: 'kind: A' });
    double.setArtifact({ name: 'web', content: 'kind: B' });
    const cache = memoryCache();
    const first = await sourceOf(client, {}, { cache }).read();
    expect([downloads(double), listings(double)]).toEqual([2, 2]);
    double.forgetRequests();
    const second = await sourceOf(client, {}, { cache }).read();
    expect([downloads(double), listings(double), double.requests.length]).toEqual([0, 1, 1]);
    expect(second).toEqual(first);
    double.setArtifact({ name: 'web', id, content: 'kind: A2' });
    const third = await sourceOf(client, {}, { cache }).read();
    expect(downloads(double)).toBe(1);
    expect(third.revision).not.toBe(first.revision);
  });

  it('refuses a web page where a manifest should be', async () => {
    const { double, client } = await start({ version });
    double.setArtifact({ name: 'web', content: 'kind: A' });
    const page = {
      status: 200,
      headers: { 'content-type': 'text/html' },
      body: '<!DOCTYPE html><title>Infrahub</title>',
    };
    double.answerNext(page, { path: /^\/api\/artifact/ });
    const reading = sourceOf(client).read();
    await expect(reading).rejects.toMatchObject({ code: 'SOURCE_INVALID_ANSWER' });
    await expect(reading).rejects.toThrow(/artifact web .*web page \(HTML\)/);
  });

  it('refuses an artifact that is a web page, although its checksum is right', async () => {
    const { double, client } = await start({ version });
    double.setArtifact({ name: 'web', content: '\n <html lang="en"><body>', contentType: 'text/plain' });
    await expect(sourceOf(client).read()).rejects.toMatchObject({ code: 'SOURCE_INVALID_ANSWER' });
  });

  it('passes on what a transform made of a Python list', async () => {
    const { double, client } = await start({ version });
    const content = "[{'apiVersion': 'v1', 'kind': 'ConfigMap', 'data': {'on': 'yes'}}]";
    double.setArtifact({ name: 'web', content });
    expect((await sourceOf(client).read()).artifacts[0]?.content).toBe(content);
  });

  it('refuses content that is not UTF-8', async () => {
    const { double, client } = await start({ version });
    double.setArtifact({ name: 'web', content: Buffer.from([0x61, 0xff]) });
    await expect(sourceOf(client).read()).rejects.toThrow(/artifact web .*not UTF-8/);
  });

  it('refuses an artifact over the limit', async () => {
    const { double, client } = await start({ version });
    double.setArtifact({ name: 'web', content: 'x'.repeat(101) });
    await expect(sourceOf(client, {}, { maxBytes: 100 }).read()).rejects.toMatchObject({ code: 'SOURCE_TOO_LARGE' });
  });

  it('refuses artifacts that are over the limit together', async () => {
    const { double, client } = await start({ version });
    for (let number = 0; number < 10; number++) double.setArtifact({ name: 'web', content: `n: ${number}` });
    expect((await sourceOf(client, {}, { maxTotalBytes: 40 }).read()).artifacts).toHaveLength(10);
    const reading = sourceOf(client, {}, { maxTotalBytes: 39 }).read();
    await expect(reading).rejects.toMatchObject({ code: 'SOURCE_TOO_LARGE' });
  });

  it('reads an artifact of five megabytes and a hundred small ones', async () => {
    const { double, client } = await start({ version });
    const content = `text: ${'ü'.repeat(2_500_000)}`;
    double.setArtifact({ name: 'web', content });
    for (let number = 0; number < 100; number++) double.setArtifact({ name: 'web', content: `n: ${number}` });
    const { artifacts } = await sourceOf(client).read();
    expect(artifacts).toHaveLength(101);
    expect(artifacts.filter((artifact) => artifact.content === content)).toHaveLength(1);
  });
});

it('takes content behind which the checksum differs for changing, not for content (1.2 serves it)', async () => {
  const { double, client } = await start({ version: '1.2.11' });
  const id = double.setArtifact({ name: 'web', content: 'kind: A' });
  double.tamper(id, 'kind: Evil');
  const reading = sourceOf(client).read();
  await expect(reading).rejects.toMatchObject({ code: 'SOURCE_CHANGING' });
  await expect(reading).rejects.toThrow(/has the checksum .* listed is .*changed behind Infrahub/);
});

it('keeps an artifact pending whose file was changed behind Infrahub (1.11 refuses to serve it)', async () => {
  const { double, client } = await start();
  const id = double.setArtifact({ name: 'web', content: 'kind: A' });
  double.setArtifact({ name: 'web', content: 'kind: B' });
  double.tamper(id, 'kind: Evil');
  const { artifacts, pending } = await sourceOf(client).read();
  expect(artifacts.map(({ content }) => content)).toEqual(['kind: B']);
  expect(pending).toMatchObject([{ id, reason: expect.stringContaining('Regenerate the artifact') }]);
});

it('keeps an artifact pending whose file is lost', async () => {
  const { double, client } = await start();
  const id = double.setArtifact({ name: 'web', content: 'kind: A' });
  double.loseFile(id);
  const { artifacts, pending } = await sourceOf(client).read();
  expect(artifacts).toEqual([]);
  expect(pending).toMatchObject([{ id, reason: expect.stringContaining('StorageObject') }]);
});

it('keeps an artifact pending for which 1.2 fails for good, and reports the same of 1.11 as a failure', async () => {
  for (const version of ['1.2.11', '1.11.9'] as const) {
    const { double, client } = await start({ version });
    const id = double.setArtifact({ name: 'web', content: 'kind: A' });
    double.failNext(500, { path: /^\/api\/artifact/, times: Number.POSITIVE_INFINITY });
    const reading = sourceOf(client).read();
    if (version === '1.2.11') expect((await reading).pending).toMatchObject([{ id }]);
    else await expect(reading).rejects.toMatchObject({ code: 'SOURCE_FAILED', retry: true });
    expect(downloads(double)).toBe(4);
  }
});

it('warns that Infrahub before 1.11 keeps artifacts of objects that left, and asks for the version once', async () => {
  const older = await start({ version: '1.2.11' });
  const source = sourceOf(older.client);
  await source.read();
  expect((await source.read()).warnings).toEqual([expect.stringContaining('1.2.11 keeps artifacts')]);
  expect(older.double.count('GET', /^\/api\/info/)).toBe(1);
  const newer = await start();
  expect((await sourceOf(newer.client).read()).warnings).toEqual([]);
});

it('does without the version where it is not told', async () => {
  const { double, client } = await start({ version: '1.2.11' });
  double.failNext(503, { path: /^\/api\/info/, times: Number.POSITIVE_INFINITY });
  expect((await sourceOf(client).read()).warnings).toEqual([]);
  expect(double.count('GET', /^\/api\/info/)).toBe(1);
});

it('is not complete when Infrahub counts more artifacts than it sends', async () => {
  const { double, client } = await start();
  const body = JSON.stringify({ data: { CoreArtifact: { count: 2, edges: [] } } });
  double.answerNext({ status: 200, headers: { 'content-type': 'application/json' }, body }, { path: /^\/graphql/ });
  expect(await sourceOf(client).read()).toMatchObject({ complete: false, artifacts: [] });
});

it.each([
  ['an artifact twice with two checksums', ['a', 'a'], ['0'.repeat(32), '1'.repeat(32)], /twice/],
  ['an id that is a path', ['../x'], ['0'.repeat(32)], /without a usable id/],
  ['a checksum that is no MD5', ['a'], ['../../etc/passwd'], /no MD5/],
])('refuses a listing with %s', async (_, ids, checksums, reason) => {
  const { double, client } = await start();
  const edges = ids.map((id, index) => ({
    node: { id, name: { value: 'web' }, checksum: { value: checksums[index] } },
  }));
  const body = JSON.stringify({ data: { CoreArtifact: { count: edges.length, edges } } });
  double.answerNext({ status: 200, headers: { 'content-type': 'application/json' }, body }, { path: /^\/graphql/ });
  const reading = sourceOf(client).read();
  await expect(reading).rejects.toMatchObject({ code: 'SOURCE_INVALID_ANSWER' });
  await expect(reading).rejects.toThrow(reason);
});

it('prints what the server says on one line, without control characters, and not without end', async () => {
  const { double, client } = await start();
  const body = JSON.stringify({ errors: [{ message: `first\n\u001b[31mred ${'x'.repeat(5000)}` }] });
  double.answerNext({ status: 400, headers: { 'content-type': 'application/json' }, body }, { path: /^\/graphql/ });
  const error = (await sourceOf(client)
    .read()
    .catch((thrown: unknown) => thrown)) as Error;
  expect(error.message).toContain(': first [31mred x');
  expect(error.message.length).toBeLessThan(700);
});

it('takes an artifact that is listed twice for one', async () => {
  const { double, client } = await start();
  const id = double.setArtifact({ name: 'web', content: 'kind: A' });
  const node = { id, name: { value: 'web' }, checksum: { value: checksumOf(Buffer.from('kind: A')) } };
  const body = JSON.stringify({ data: { CoreArtifact: { edges: [{ node }, { node }] } } });
  double.answerNext(
    { status: 200, headers: { 'content-type': 'application/json' }, body },
    { path: /^\/graphql/, times: 2 },
  );
  expect((await sourceOf(client).read()).artifacts).toHaveLength(1);
});

it('says that the address is that of a web page when both ways lead to one', async () => {
  const { double, client } = await start();
  const page = { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body: '<!doctype html>' };
  double.answerNext(page, { path: /^\/(graphql|api\/query)/, times: 2 });
  const reading = sourceOf(client).read();
  await expect(reading).rejects.toMatchObject({ code: 'SOURCE_INVALID_ANSWER' });
  await expect(reading).rejects.toThrow(/web page/);
});

it('refuses a date that Infrahub would misread, before it asks anything', async () => {
  const { double, client } = await start();
  await expect(sourceOf(client, { date: 'now+2h' }).read()).rejects.toMatchObject({ code: 'DATE_INVALID', exit: 64 });
  expect(double.requests).toEqual([]);
});

it('passes on what Infrahub says of a date before the branch', async () => {
  const { client } = await start();
  const reading = sourceOf(client, { date: '2020-01-01' }).read();
  await expect(reading).rejects.toMatchObject({ code: 'SOURCE_REFUSED' });
  await expect(reading).rejects.toThrow(/is before branch 'main' was created/);
});

it('stops at once when interrupted in a download, with nothing left under way', async () => {
  const { double, client } = await start();
  for (let number = 0; number < 20; number++) double.setArtifact({ name: 'web', content: `n: ${number}` });
  double.delay(60_000, { path: /^\/api\/artifact/, times: Number.POSITIVE_INFINITY });
  const abort = new AbortController();
  const reading = sourceOf(client).fetch(abort.signal);
  setTimeout(() => abort.abort(), 100);
  await expect(reading).rejects.toMatchObject({ code: 'INTERRUPTED', exit: 130 });
  expect(downloads(double)).toBeLessThanOrEqual(8);
});

it('leaves the client to its other users when the source is closed', async () => {
  const { double, client } = await start();
  double.setArtifact({ name: 'web', content: 'kind: A' });
  await sourceOf(client).close();
  expect((await sourceOf(client).read()).artifacts).toHaveLength(1);
});
