/** Reads recorded requests and answers of real Infrahub servers. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { InfrahubVersion } from '../../src/sandbox/infrahub-answer.ts';

export interface Recording {
  readonly name: string;
  readonly method: string;
  /** Path and query as sent. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly status: number;
  /** Lower-case names; `set-cookie` may come more than once. */
  readonly answerHeaders: readonly (readonly [string, string])[];
  readonly answerBody: Buffer;
  /** False when curl was told not to print the body. */
  readonly hasBody: boolean;
  /** When it was recorded, in milliseconds. */
  readonly date: number;
}

const folder = new URL('../fixtures/infrahub/', import.meta.url).pathname;

/** The names of all recordings of this version. */
export function recordingNames(version: InfrahubVersion): string[] {
  const files = readdirSync(join(folder, version)).sort();
  return files.map((file) => file.replace(/\.txt$/, ''));
}

/** One recording. Throws when it is not that of an HTTP request. */
export function readRecording(version: InfrahubVersion, name: string): Recording {
  const bytes = readFileSync(join(folder, version, `${name}.txt`));
  const start = bytes.indexOf('\nHTTP/1.1 ') + 1;
  const end = bytes.indexOf('\r\n\r\n', start);
  if (start === 0 || end < 0) throw new Error(`${name} is no recording of an HTTP request.`);
  const command = words(/^\$ curl -i (.*)$/m.exec(bytes.subarray(0, start).toString())?.[1] ?? '');
  const [statusLine = '', ...lines] = bytes.subarray(start, end).toString().split('\r\n');
  const answerHeaders = lines.map((line) => {
    const [header = '', ...value] = line.split(': ');
    return [header.toLowerCase(), value.join(': ')] as const;
  });
  const date = answerHeaders.find(([header]) => header === 'date')?.[1] ?? '';
  return {
    name,
    ...requestOf(command),
    status: Number(statusLine.split(' ')[1]),
    answerHeaders,
    // The recorder ended each file with a line feed of its own.
    answerBody: bytes.subarray(end + 4, bytes.length - 1),
    hasBody: !command.includes('-I') && !command.includes('-D'),
    date: Date.parse(date),
  };
}

function requestOf(command: readonly string[]): Pick<Recording, 'method' | 'target' | 'headers' | 'body'> {
  const headers: Record<string, string> = {};
  let method: string | undefined;
  let body: string | undefined;
  let target = '';
  for (let at = 0; at < command.length; at++) {
    const word = command[at] ?? '';
    if (word === '-X') method = command[++at];
    else if (word === '-d') body = command[++at];
    else if (word === '-I') method = 'HEAD';
    else if (word === '-o' || word === '-D') at++;
    else if (word === '-H') {
      const [name = '', value = ''] = (command[++at] ?? '').split(/: (.*)/s);
      headers[name.toLowerCase()] = value;
    } else if (word.startsWith('http://')) target = word.replace('http://127.0.0.1:8000', '');
    else if (word !== '--raw') throw new Error(`curl option ${word} is not understood.`);
  }
  if (body !== undefined) headers['content-type'] ??= 'application/x-www-form-urlencoded';
  return { method: method ?? (body === undefined ? 'GET' : 'POST'), target, headers, body };
}

/** Splits as a shell does when the only quoting is the backslash. */
function words(line: string): string[] {
  return [...line.matchAll(/(?:\\.|[^\s\\])+/g)].map(([word]) => word.replace(/\\(.)/g, '$1'));
}
