/** Which files a path, a folder or a pattern stands for. */

import { readdir, realpath, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { VidraError } from '../errors.ts';
import { isPattern, parsePattern } from './file-pattern.ts';
import { fileError } from './file-text.ts';

const manifestName = /\.(ya?ml|json)$/i;
const mostFiles = 20_000;

/**
 * The files that one argument means, as paths from `cwd`, sorted: a file as it is; every visible *.yaml, *.yml and
 * *.json of a folder and the folders in it; what a pattern matches. Throws SOURCE_NOT_FOUND when that is nothing.
 */
export async function listFiles(argument: string, cwd: string): Promise<readonly string[]> {
  const details = await stat(resolve(cwd, argument)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' && isPattern(argument)) return undefined;
    throw fileError(error, argument);
  });
  if (details && !details.isDirectory()) return [argument];
  if (details)
    return found(
      await walk(argument, cwd, (path) => manifestName.test(path)),
      argument,
      'holds no *.yaml, *.yml or *.json file',
    );
  const pattern = parsePattern(argument);
  const hidden = /(^|\/)\.[^./]/.test(argument);
  const clean = (path: string) => path.replace(/^\.\//, '');
  const files = await walk(pattern.base, cwd, (path) => pattern.matches(clean(path)), hidden).catch(
    (error: unknown) => {
      if (error instanceof VidraError && error.code === 'SOURCE_NOT_FOUND') return [];
      throw error;
    },
  );
  return found(files, argument, 'matches no file');
}

function found(files: readonly string[], argument: string, nothing: string): readonly string[] {
  if (files.length === 0) throw new VidraError('SOURCE_NOT_FOUND', nothing, { subject: argument });
  return files;
}

async function walk(folder: string, cwd: string, wanted: (path: string) => boolean, hidden = false): Promise<string[]> {
  const files: string[] = [];
  // Real paths of the folders above: a link back to one of them is a loop and is not entered again.
  const enter = async (path: string, above: readonly string[]): Promise<void> => {
    const real = await realpath(resolve(cwd, path));
    if (above.includes(real)) return;
    const entries = (await readdir(real)).filter((name) => hidden || !name.startsWith('.')).sort(byCodeUnits);
    for (const name of entries) {
      const child = path === '.' ? name : `${path.replace(/\/$/, '')}/${name}`;
      const details = await stat(resolve(cwd, child)).catch((error: unknown) => {
        if (wanted(child)) throw fileError(error, child);
      });
      if (details?.isDirectory()) await enter(child, [...above, real]);
      else if (details?.isFile() && wanted(child)) files.push(child);
      if (files.length > mostFiles)
        throw new VidraError('SOURCE_TOO_LARGE', `holds more than ${mostFiles} files`, { subject: folder });
    }
  };
  await enter(folder, []).catch((error: unknown) => {
    throw fileError(error, folder);
  });
  return files.sort(byCodeUnits);
}

/** The same order on every machine, whatever its language. */
function byCodeUnits(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
