/** The double in the state that the recorded servers were in, told from the recordings. */

import { type InfrahubDouble, startInfrahub } from '../../src/sandbox/infrahub.ts';
import type { InfrahubVersion } from '../../src/sandbox/infrahub-answer.ts';
import { readRecording } from './infrahub-recording.ts';

/** The key that the recorded requests carry. */
const recordedKey = '06438eb2-8019-4776-878c-0941b1f1d1ec';

const at = (time: string) => new Date(`2026-11-22T${time}Z`);

/** Starts a double of this version whose clock is `now` and that holds what was recorded. */
export async function startRecorded(version: InfrahubVersion, now: () => number): Promise<InfrahubDouble> {
  const createdAt = at(version === '1.11.9' ? '12:08:53.495' : '12:20:00').getTime();
  const double = await startInfrahub({ version, now, createdAt, apiKeys: [recordedKey] });
  if (version === '1.11.9') seedNewer(double);
  else seedOlder(double);
  return double;
}

function content(version: InfrahubVersion, name: string): Buffer {
  return readRecording(version, name).answerBody;
}

function ofBlog(shop: Buffer): string {
  return shop.toString().replaceAll('shop', 'blog').replaceAll('store', 'web');
}

function seedQueries({ state }: InfrahubDouble, id: string, importedAt: Date): void {
  const createdAt = importedAt.getTime();
  const [artifactIds] = state.queries.splice(0);
  if (artifactIds) state.queries.push({ ...artifactIds, id, createdAt });
  const text = 'query WebApp($name: String!) {\n  WebApp(name__value: $name) { edges { node { id } } }\n}\n';
  state.queries.push({ id: 'web-app', name: 'WebApp', text, createdAt });
}

function seedNewer(double: InfrahubDouble): void {
  const { state } = double;
  seedQueries(double, '18ea5cf7-199e-2669-e3e1-192d0b39b384', at('12:12:00'));
  state.otherNodes.set('18ea5ce3-1670-d5cf-e3e7-192d9445ea5c', 'CoreStandardGroup');
  const main = state.branches.get('main');
  if (main) state.branches.set('main', { ...main, id: '18ea5cb4-e6c8-f38c-e31c-192d888b78b6' });
  const branch = { id: '18ea5d4d-1312-620d-e353-192d3171ae08', name: 'scale-up', status: 'MERGED' };
  state.branches.set('scale-up', { ...branch, createdAt: at('12:19:47.059').getTime() });
  const definition = { id: '18ea5d05-515b-6bf5-e324-192df8450b4d', label: 'Webserver_Artifact_Definition' };
  const object = { id: '18ea5d0e-3bb0-8dc5-e394-192d2fbb62b5', label: 'shop', kind: 'WebApp' };
  const shop = { id: '18ea5d1e-2798-f16e-e33c-192daae143e9', name: 'Webserver_Manifest' };
  const [first, second] = [content('1.11.9', 'at-artifact-older-version'), content('1.11.9', 'artifact-ok')];
  const attributeId = '18ea5d1e-2a5b-c9f2-e32a-192d9d01be34';
  double.setArtifact({ ...shop, content: first, definition, object, attributeId, at: at('12:16:46') });
  double.setArtifact({ ...shop, content: second, branch: 'scale-up', at: at('12:21:30') });
  const storageId = '18ea5d75-67a0-a6a3-e363-192d2bacc39e';
  double.setArtifact({ ...shop, content: second, storageId, at: at('12:22:40.786') });
  const blog = { id: '18ea5d2a-f342-8773-e3d0-192df925f7db', name: shop.name, definition };
  const blogAttribute = '18ea5d2a-f45c-6932-e399-192da6b11587';
  const blogContent = content('1.11.9', 'target-deleted-artifact-at');
  double.setArtifact({ ...blog, attributeId: blogAttribute, content: blogContent, at: at('12:17:30') });
  state.removeArtifact(blog.id, { at: at('12:24:00') });
  seedRest(double, '12:16:46', [
    ['app-broken', '18ea5d1e-2d72-70a1-e333-192d8fc4f169', '18ea5d1e-3060-589a-e3a2-192da9f013ba', undefined],
    [
      'app-dict',
      '18ea5d1e-2ed1-68f4-e319-192de020f036',
      '18ea5d1e-3349-c523-e3b5-192d7df28948',
      'artifact-dict',
      '18ea5d21-5483-0bc7-e32c-192dda1bb801',
    ],
    [
      'app-json',
      '18ea5d21-cc8d-0de8-e345-192dba6ed70e',
      '18ea5d21-cde9-8bae-e3a8-192db70ef42b',
      'artifact-json',
      '18ea5d23-7e7a-f10d-e353-192d2097cb1f',
    ],
    [
      'app-list',
      '18ea5d23-2b23-3a4a-e3e5-192d809004ed',
      '18ea5d23-2c2f-5243-e397-192d977bf261',
      'artifact-list',
      '18ea5d25-59b7-12dc-e338-192d8e269c9b',
    ],
    [
      'app-text',
      '18ea5d23-d36f-33f6-e3c2-192d7ac91c95',
      '18ea5d23-d4c2-7f74-e31a-192ddc79f773',
      'artifact-text',
      '18ea5d76-1e9f-c8c5-e340-192da6f2d5f9',
    ],
  ]);
}

function seedOlder(double: InfrahubDouble): void {
  const { state } = double;
  seedQueries(double, '18ea5df1-6d76-db2f-e36c-19e4098fc57e', at('12:33:00'));
  state.otherNodes.set('18ea5dde-f5c2-0e01-e325-19e4ab54d201', 'CoreStandardGroup');
  const definition = { id: '18ea5df9-e4ba-29a2-e3f2-19e48d519d36', label: 'Webserver_Artifact_Definition' };
  double.setArtifact({
    ...{ id: '18ea5e10-94f6-663b-e316-19e43119d6da', name: 'Webserver_Manifest', definition, at: at('12:37:34.809') },
    ...{ attributeId: '18ea5e10-d472-54bd-e3a2-19e4552be55d', storageId: '18ea5e45-7a08-1768-e359-19e4c63eb54c' },
    object: { id: '18ea5dfe-5f59-62b2-e3b1-19e42d151417', label: 'shop', kind: 'WebApp' },
    content: content('1.2.11', 'artifact-ok'),
  });
  double.setArtifact({
    ...{ id: '18ea5e12-ae0b-2df2-e302-19e45e12d1c6', name: 'Webserver_Manifest', definition, at: at('12:37:34.800') },
    ...{ attributeId: '18ea5e12-b11a-7f86-e3dc-19e493023425', storageId: '18ea5e45-7989-54fa-e365-19e4569f5c37' },
    object: { id: '18ea5e01-12c0-f64b-e3a8-19e46621fc87', label: 'blog', kind: 'WebApp' },
    content: content('1.11.9', 'target-deleted-artifact-at'),
  });
  seedRest(double, '12:36:00', [
    ['app-broken', '18ea5e10-9580-ed16-e3de-19e47417d2ba', '18ea5e10-d0b8-f567-e321-19e428926e6b', undefined],
    ['app-broken', '18ea5e12-aa86-1091-e3e0-19e405d5428a', '18ea5e12-b179-fb19-e3d7-19e4a057f836', undefined],
    [
      'app-dict',
      '18ea5e10-9569-2ff2-e3f6-19e4c5c1515e',
      '18ea5e10-d496-6722-e3b1-19e46580ef61',
      'artifact-dict',
      '18ea5e5a-38ee-6b43-e3a5-19e4f2fa6ee6',
    ],
    [
      'app-json',
      '18ea5e10-90f2-fd91-e306-19e461016481',
      '18ea5e10-d445-176e-e36b-19e4b5748250',
      'artifact-json',
      '18ea5e4c-4916-9212-e339-19e466e5b143',
    ],
    [
      'app-list',
      '18ea5e10-95e7-71a2-e3fe-19e48f3ddc53',
      '18ea5e10-d41a-8929-e3e5-19e4b2d1a858',
      'artifact-list',
      '18ea5e61-5d6f-4d3d-e3dc-19e482463f7a',
    ],
    [
      'app-text',
      '18ea5e10-9638-580d-e3ae-19e4ce7b55e4',
      '18ea5e10-d3ef-efbb-e364-19e489ac9f59',
      'artifact-text',
      '18ea5e53-04a4-ff2f-e326-19e459969c64',
    ],
  ]);
  seedRest(
    double,
    '12:36:00',
    [
      [
        'app-dict',
        '18ea5e12-a9d1-50f4-e3ad-19e4abaf6082',
        '18ea5e12-b1ee-66ba-e3c0-19e453020e59',
        'artifact-dict',
        '18ea5e5a-4126-948e-e353-19e46e7d0d0d',
      ],
      [
        'app-json',
        '18ea5e14-9316-fd06-e325-19e4798144ef',
        '18ea5e14-a10c-4a16-e360-19e46df31853',
        'artifact-json',
        '18ea5e16-51da-d2b4-e365-19e48cb3c918',
      ],
      [
        'app-list',
        '18ea5e14-94c6-cd1e-e39a-19e40c8f3ee8',
        '18ea5e14-a55c-bae9-e30f-19e4f36a080d',
        'artifact-list',
        '18ea5e16-ac66-83cb-e3d7-19e4e58d373d',
      ],
      [
        'app-text',
        '18ea5e14-5d51-d313-e3cc-19e4e7c444b6',
        '18ea5e14-5f99-fbf1-e3ce-19e4bb01f7fb',
        'blog',
        '18ea5e15-f8cd-9622-e3da-19e4493d3d5d',
      ],
    ],
    true,
  );
}

type Row = readonly [name: string, id: string, attributeId: string, recording: string | undefined, storageId?: string];

function seedRest(double: InfrahubDouble, time: string, rows: readonly Row[], blog = false): void {
  const types: Readonly<Record<string, string>> = { 'app-json': 'application/json', 'app-text': 'text/plain' };
  for (const [name, id, attributeId, recording, storageId] of rows) {
    const shop = recording && recording !== 'blog' ? content(double.version, recording) : undefined;
    const other = recording === 'blog' ? content('1.11.9', 'target-deleted-artifact-at') : undefined;
    const found = shop && blog ? ofBlog(shop) : (shop ?? other);
    double.setArtifact({
      ...{ name, id, attributeId, at: at(time), status: found ? 'Ready' : 'Error' },
      ...(types[name] && { contentType: types[name] }),
      ...(found !== undefined && { content: found }),
      ...(storageId && { storageId }),
    });
  }
}
