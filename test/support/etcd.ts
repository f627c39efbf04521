/** The sandbox's own etcd: for objects that a server of old let in, and that the server of today would refuse. */
import { request } from 'node:http';
import { dirname, join } from 'node:path';

/** Writes an object past the API server, as JSON, which it reads like anything that it wrote itself. */
export function store(kubeconfig: string, resource: string, name: string, object: object): Promise<void> {
  const encode = (text: string) => Buffer.from(text).toString('base64');
  const body = { key: encode(`/registry/${resource}/${name}`), value: encode(JSON.stringify(object)) };
  return new Promise((resolve, reject) => {
    const socketPath = join(dirname(kubeconfig), 'localhost:2379');
    const outgoing = request({ socketPath, method: 'POST', path: '/v3/kv/put', host: 'localhost' }, (answer) => {
      answer.resume();
      answer.on('end', () => (answer.statusCode === 200 ? resolve() : reject(new Error(`etcd: ${answer.statusCode}`))));
    });
    outgoing.on('error', reject);
    outgoing.end(JSON.stringify(body));
  });
}
