/** How a control plane is reached: its keys and its kubeconfig, all files of mode 0600, and questions to its servers. */

import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { createServer } from 'node:net';
import { join } from 'node:path';

const contextName = 'vidra-sandbox';

/**
 * Writes what the API server needs before it starts, and returns the token of its administrator.
 * @param {string} folder
 */
export function writeCredentials(folder) {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const token = randomBytes(32).toString('hex');
  mkdirSync(join(folder, 'certificates'), { mode: 0o700 });
  writePrivate(folder, 'service-account.key', privateKey.export({ type: 'sec1', format: 'pem' }));
  writePrivate(folder, 'service-account.pub', publicKey.export({ type: 'spki', format: 'pem' }));
  writePrivate(folder, 'tokens.csv', `${token},${contextName},${contextName},"system:masters"\n`);
  return token;
}

/**
 * The authority that the API server made for itself, as PEM, or nothing while it has not. Its file of certificates holds
 * its own first and the authority's last.
 * @param {string} folder
 */
export function readAuthority(folder) {
  try {
    const text = readFileSync(join(folder, 'certificates', 'apiserver.crt'), 'utf8');
    const certificates = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n/g) ?? [];
    return certificates.length > 1 ? certificates.at(-1) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Writes the kubeconfig and returns its path.
 * @param {string} folder
 * @param {{ server: string, authority: string, token: string }} access
 */
export function writeKubeconfig(folder, { server, authority, token }) {
  const lines = [
    'apiVersion: v1',
    'kind: Config',
    `current-context: ${contextName}`,
    'contexts:',
    `  - name: ${contextName}`,
    `    context: { cluster: ${contextName}, user: ${contextName} }`,
    'clusters:',
    `  - name: ${contextName}`,
    '    cluster:',
    `      server: ${server}`,
    `      certificate-authority-data: ${Buffer.from(authority).toString('base64')}`,
    'users:',
    `  - name: ${contextName}`,
    `    user: { token: ${token} }`,
  ];
  return writePrivate(folder, 'kubeconfig', `${lines.join('\n')}\n`);
}

/** A port of the loopback address that nobody listened on a moment ago. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/**
 * Whether a GET is answered with status 200.
 * @param {string} url
 * @param {{ ca?: string, socketPath?: string, token?: string }} options
 * @returns {Promise<boolean>}
 */
export function answers(url, { ca, socketPath, token }) {
  const send = url.startsWith('https:') ? httpsRequest : httpRequest;
  const headers = token ? { authorization: `Bearer ${token}` } : {};
  return new Promise((resolve) => {
    const request = send(url, { ca, socketPath, headers, agent: false, timeout: 5_000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.once('timeout', () => request.destroy());
    request.once('error', () => resolve(false));
    request.end();
  });
}

/**
 * @param {string} folder
 * @param {string} name
 * @param {string} content
 */
function writePrivate(folder, name, content) {
  const path = join(folder, name);
  writeFileSync(path, content, { mode: 0o600 });
  return path;
}
