/** The raw limit: server-side apply of objects from a JSON file over 16 keep-alive connections, and nothing else. */
import { readFileSync } from 'node:fs';
import { Pool } from 'undici';

const { server, ca, token, objects } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const pool = new Pool(server, { connections: 16, pipelining: 1, connect: { ca } });

async function apply(object) {
  const { namespace, name } = object.metadata;
  const path =
    object.kind === 'Namespace' ? `/api/v1/namespaces/${name}` : `/api/v1/namespaces/${namespace}/configmaps/${name}`;
  const answer = await pool.request({
    method: 'PATCH',
    path: `${path}?fieldManager=raw&force=true`,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/apply-patch+yaml' },
    body: JSON.stringify(object),
  });
  await answer.body.dump();
  if (answer.statusCode >= 300) throw new Error(`${path}: ${answer.statusCode}`);
}

const [first, ...rest] = objects;
await apply(first);
await Promise.all(rest.map(apply));
await pool.close();
