/** A certificate for TLS to those who do not ask whose it is, made at the start. */
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { Certificate } from './server.ts';

const hourMs = 3_600_000;
const validMs = 10 * 365 * 24 * hourMs;

/** Signed by itself, for `localhost` and the machine's own name; valid for ten years. */
export function selfSigned(names: readonly string[], now: Date): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(oid('2a8648ce3d040302'));
  const name = sequence(set(sequence(oid('550403'), element(0x0c, Buffer.from('vidra')))));
  const alternatives = sequence(...names.map((dns) => element(0x82, Buffer.from(dns))));
  const extension = sequence(oid('551d11'), element(0x04, alternatives));
  const body = sequence(
    element(0xa0, integer(Buffer.from([2]))),
    // Positive, and never 0.
    integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    algorithm,
    name,
    sequence(time(now.getTime() - hourMs), time(now.getTime() + validMs)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    element(0xa3, sequence(extension)),
  );
  const signature = element(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', body, privateKey)]));
  const text = sequence(body, algorithm, signature).toString('base64').replace(/.{64}/g, '$&\n');
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  };
}

/** One element of DER: its tag, its length and its content. */
function element(tag: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([tag, ...lengthOf(content)]), content]);
}

function lengthOf({ length }: Buffer): number[] {
  if (length < 0x80) return [length];
  return length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return element(0x30, Buffer.concat(parts));
}

function set(part: Buffer): Buffer {
  return element(0x31, part);
}

function oid(hex: string): Buffer {
  return element(0x06, Buffer.from(hex, 'hex'));
}

function integer(bytes: Buffer): Buffer {
  return element(0x02, bytes);
}

function time(milliseconds: number): Buffer {
  const text = new Date(milliseconds).toISOString().replace(/[-:T]|\.\d+/g, '');
  return element(0x17, Buffer.from(text.slice(2)));
}
