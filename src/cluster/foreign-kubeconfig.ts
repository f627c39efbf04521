/**
 * Kubeconfigs that were written by others. They are read as data, and only what stands in them counts: no program is run, no file
 * is read, and nobody is acted as because they say so.
 */
import { VidraError } from '../errors.ts';
import type { JsonObject, JsonValue } from '../manifest/manifest.ts';
import { isObject } from '../manifest/shape.ts';
import { readYaml } from '../manifest/yaml.ts';
import { isSameAddress } from './address.ts';
import { basicAuthorization, type Grant } from './credentials.ts';

export interface ForeignKubeconfig {
  /** Where it was found, for people. */
  readonly place: string;
  /** The name of the current context; empty if there is none. */
  readonly current: string;
  readonly contexts: readonly ForeignContext[];
}

export interface ForeignContext {
  readonly name: string;
  /** URL of its cluster's server. */
  readonly server: string;
  readonly cluster: JsonObject;
  readonly user: JsonObject;
}

/** Throws DESTINATION_INVALID; a context whose cluster is missing or has no server is left out. */
export function readForeignKubeconfig(text: string, place: string): ForeignKubeconfig {
  const [document] = readYaml(text);
  // What is wrong where in the text is not told: tokens may stand there.
  if (!document || 'problem' in document || !isObject(document.value)) throw invalid(place, 'is not a kubeconfig');
  const { value } = document;
  const clusters = named(value, 'clusters', 'cluster');
  const users = named(value, 'users', 'user');
  const contexts = [...named(value, 'contexts', 'context')].flatMap(([name, context]) => {
    const cluster = clusters.get(textOf(context['cluster'])) ?? {};
    const server = textOf(cluster['server']).replace(/\/+$/, '');
    return server ? [{ name, server, cluster, user: users.get(textOf(context['user'])) ?? {} }] : [];
  });
  return { place, current: textOf(value['current-context']), contexts };
}

/** By name, in their order; the first of a name wins. */
function named(config: JsonObject, list: string, field: string): Map<string, JsonObject> {
  const found = new Map<string, JsonObject>();
  const items = config[list];
  for (const item of Array.isArray(items) ? items : []) {
    const value = isObject(item) ? item[field] : undefined;
    const name = isObject(item) ? textOf(item['name']) : '';
    if (isObject(value) && !found.has(name)) found.set(name, value);
  }
  return found;
}

/** The context to use for a server: the current one, if it leads there, otherwise the first. */
export function contextFor({ contexts, current }: ForeignKubeconfig, server: string): ForeignContext | undefined {
  const fitting = contexts.filter((context) => isSameAddress(context.server, server));
  return fitting.find(({ name }) => name === current) ?? fitting[0];
}

const inline = {
  cluster: ['server', 'certificate-authority-data', 'insecure-skip-tls-verify', 'tls-server-name', 'proxy-url'],
  user: ['client-certificate-data', 'client-key-data', 'token', 'username', 'password'],
};
/** Without a meaning for who only sends requests. */
const idle = ['extensions', 'disable-compression'];

const files: Readonly<Record<string, string>> = {
  'certificate-authority': 'certificate-authority-data',
  'client-certificate': 'client-certificate-data',
  'client-key': 'client-key-data',
  tokenFile: 'token',
  'token-file': 'token',
};

/** What a context gives. Throws DESTINATION_INVALID for all that is not plain data. */
export function grantOf({ place }: ForeignKubeconfig, { name, server, cluster, user }: ForeignContext): Grant {
  const subject = `${place}, context ${name}`;
  checkFields(cluster, inline.cluster, subject);
  checkFields(user, inline.user, subject);
  const data = (part: JsonObject, field: string) => certificateOf(textOf(part[field]), `${subject}: ${field}`);
  const [ca, cert] = [data(cluster, 'certificate-authority-data'), data(user, 'client-certificate-data')];
  const key = data(user, 'client-key-data');
  if (!cert !== !key) throw invalid(subject, 'client-certificate-data and client-key-data must be set together');
  const servername = textOf(cluster['tls-server-name']);
  const proxyUrl = textOf(cluster['proxy-url']);
  checkAddress(server, `${subject}: server`);
  if (proxyUrl && !URL.canParse(proxyUrl)) throw invalid(`${subject}: proxy-url`, 'is not a URL');
  return {
    server,
    headers: headersOf(user),
    tls: {
      ...(ca && { ca }),
      ...(cert && { cert }),
      ...(key && { key }),
      ...(servername && { servername }),
      rejectUnauthorized: cluster['insecure-skip-tls-verify'] !== true,
    },
    ...(proxyUrl && { proxyUrl }),
  };
}

function checkFields(part: JsonObject, known: readonly string[], subject: string): void {
  for (const [field, value] of Object.entries(part)) {
    const isSet = value !== undefined && value !== null && value !== '' && value !== false;
    if (isSet && !idle.includes(field)) checkField(field, value, known, subject);
  }
}

function checkField(field: string, value: JsonValue, known: readonly string[], subject: string): void {
  const where = `${subject}: ${field}`;
  if (field === 'exec' || field === 'auth-provider') {
    throw invalid(where, 'asks to run a program, which is not done for a Secret; put a token or a client certificate');
  }
  const instead = files[field];
  if (instead) throw invalid(where, `names a file, which is not read for a Secret; put its content into ${instead}`);
  if (!known.includes(field)) throw invalid(where, 'is not supported in a Secret');
  const type = field === 'insecure-skip-tls-verify' ? 'boolean' : 'string';
  if (typeof value !== type) throw invalid(where, type === 'boolean' ? 'must be true or false' : 'must be text');
}

function headersOf(user: JsonObject): Grant['headers'] {
  const [token, username, password] = ['token', 'username', 'password'].map((field) => textOf(user[field]).trim());
  if (token) return { authorization: `Bearer ${token}` };
  return username ? { authorization: basicAuthorization(`${username}:${password}`) } : {};
}

function certificateOf(base64: string, subject: string): string {
  const text = Buffer.from(base64, 'base64').toString('utf8');
  if (base64 && !text.includes('-----BEGIN ')) throw invalid(subject, 'is not base64 of PEM');
  return text;
}

function checkAddress(url: string, subject: string): void {
  const { protocol, username, password } = URL.canParse(url) ? new URL(url) : ({} as Partial<URL>);
  if (!/^https?:$/.test(protocol ?? '')) throw invalid(subject, 'must be an https:// or http:// URL');
  if (username || password) throw invalid(subject, 'must hold no user name and no password');
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

function invalid(subject: string, message: string): VidraError {
  return new VidraError('DESTINATION_INVALID', message, { subject });
}
