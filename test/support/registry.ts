/** A real OCI registry on loopback, and a classic repository: a folder that is served. */
import { spawn } from 'node:child_process';
import { createReadStream, existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { freePort } from './free-port.ts';
import { waitFor } from './wait-for.ts';

export interface Served {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts an OCI registry; its content goes with it. */
export async function startRegistry(): Promise<Served> {
  const port = await freePort();
  const config = join(mkdtempSync(join(tmpdir(), 'vidra-registry-')), 'config.yaml');
  writeFileSync(
    config,
    `version: 0.1\nlog: {level: error}\nstorage: {inmemory: {}}\nhttp: {addr: 127.0.0.1:${port}}\n`,
  );
  const child = spawn(inject('helmPrograms').registry, ['serve', config], { stdio: 'ignore' });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await waitFor('the registry', () =>
    fetch(`http://127.0.0.1:${port}/v2/`).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
  return {
    url: `oci://127.0.0.1:${port}`,
    close: () => {
      child.kill();
      return gone;
    },
  };
}

/** Serves the files of a folder. */
export async function serveFolder(folder: string): Promise<Served> {
  const server = createServer(({ url = '/' }, response) => {
    const path = join(folder, decodeURIComponent(new URL(url, 'http://a').pathname));
    if (existsSync(path)) createReadStream(path).pipe(response);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
