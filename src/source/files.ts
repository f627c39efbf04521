/** Manifests and definitions from files, folders, patterns and standard input. */

import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { VidraError } from '../errors.ts';
import { listFiles } from './file-list.ts';
import { readText, readTextFile } from './file-text.ts';
import { unlessAborted } from './retry.ts';
import type { Artifact, Snapshot, Source } from './source.ts';

export interface FileOptions {
  /** What relative paths start from. */
  readonly cwd: string;
  /** Standard input, for the pattern `-`. */
  readonly stdin?: AsyncIterable<Uint8Array | string>;
  /** The most bytes that one file may have; 64 MiB when absent. */
  readonly maxBytes?: number;
}

const defaultMaxBytes = 64 * 1024 * 1024;

/**
 * Every file once, in the order of the patterns and sorted within each; `-` is standard input, which can be read once.
 * Throws SOURCE_NOT_FOUND for a pattern that means nothing, SOURCE_TOO_LARGE, or SOURCE_REFUSED for what is not UTF-8.
 */
export async function readFiles(
  patterns: readonly string[],
  options: FileOptions,
  signal?: AbortSignal,
): Promise<readonly Artifact[]> {
  const maxBytes = options.maxBytes ?? defaultMaxBytes;
  const artifacts = new Map<string, Artifact>();
  for (const pattern of new Set(patterns)) {
    for (const path of pattern === '-' ? ['-'] : await listFiles(pattern, options.cwd)) {
      const id = path === '-' ? '-' : resolve(options.cwd, path);
      if (artifacts.has(id)) continue;
      // Standard input and pipes may never end, and a read that waits for them cannot be ended.
      const read = readArtifact(path, options, maxBytes);
      artifacts.set(id, await (signal ? unlessAborted(read, signal, nameOf(path)) : read));
    }
  }
  return [...artifacts.values()];
}

async function readArtifact(path: string, options: FileOptions, maxBytes: number): Promise<Artifact> {
  const { text, bytes } = await (path === '-'
    ? readStdin(options, maxBytes)
    : readTextFile(resolve(options.cwd, path), maxBytes, path));
  return { id: path, name: nameOf(path), digest: createHash('sha256').update(bytes).digest('hex'), content: text };
}

/** For people. */
function nameOf(path: string): string {
  return path === '-' ? 'standard input' : path;
}

function readStdin(options: FileOptions, maxBytes: number): Promise<{ text: string; bytes: Uint8Array }> {
  if (!options.stdin) throw new VidraError('USAGE', 'there is no standard input to read', { subject: '-' });
  return readText(options.stdin, maxBytes, 'standard input');
}

/** A source of what the patterns mean, looked at anew by each fetch; standard input keeps what it gave first. */
export function fileSource(patterns: readonly string[], options: FileOptions): Source {
  const stdin = options.stdin && remembered(options.stdin, options.maxBytes ?? defaultMaxBytes);
  return {
    description: patterns.map(nameOf).join(', '),
    fetch: async (signal) => snapshotOf(await readFiles(patterns, { ...options, ...(stdin && { stdin }) }, signal)),
    close: async () => {},
  };
}

function snapshotOf(artifacts: readonly Artifact[]): Snapshot {
  const revision = createHash('sha256');
  for (const line of artifacts.map(({ id, digest }) => `${id} ${digest}\n`).sort()) revision.update(line);
  return { revision: revision.digest('hex'), complete: true, artifacts, pending: [], warnings: [] };
}

function remembered(stdin: AsyncIterable<Uint8Array | string>, maxBytes: number): AsyncIterable<Uint8Array> {
  let bytes: Promise<Uint8Array> | undefined;
  return {
    async *[Symbol.asyncIterator]() {
      bytes ??= readText(stdin, maxBytes, 'standard input').then((read) => read.bytes);
      yield await bytes;
    },
  };
}
