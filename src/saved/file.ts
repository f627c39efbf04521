/** The file of a saved plan: written whole or not at all, and readable for its owner alone. */
import { randomBytes } from 'node:crypto';
import { access, constants, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { VidraError } from '../errors.ts';
import { readTextFile } from '../source/file-text.ts';
import { parseSavedPlan, savedPlanText } from './document.ts';
import type { SavedPlan } from './saved-plan.ts';

/** Nobody's plan is larger; what is was made to fill the memory. */
const mostBytes = 256 * 1024 * 1024;

/** Replaces the file in one step. Throws USAGE when it cannot be written. */
export function writeSavedPlan(path: string, saved: SavedPlan): Promise<void> {
  return orUsage(path, async () => {
    const target = await targetOf(path);
    const temporary = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}.tmp`);
    try {
      const file = await open(temporary, 'wx', 0o600);
      try {
        await file.writeFile(savedPlanText(saved));
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, target);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  });
}

/** Throws USAGE when a plan could not be written there, before anybody waits for one. */
export function mustBeWritable(path: string): Promise<void> {
  return orUsage(path, async () => access(dirname(await targetOf(path)), constants.W_OK));
}

async function orUsage(path: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined || error instanceof VidraError) throw error;
    const message = code === 'ENOENT' ? 'cannot be written: its folder does not exist' : `cannot be written (${code})`;
    throw new VidraError('USAGE', message, { subject: path, cause: error });
  }
}

/** `name` is what errors call it. Throws PLAN_INVALID. */
export async function readSavedPlan(path: string, name: string): Promise<SavedPlan> {
  try {
    const { text } = await readTextFile(path, mostBytes, name);
    return parseSavedPlan(text);
  } catch (error) {
    if (!(error instanceof VidraError)) throw error;
    throw new VidraError('PLAN_INVALID', error.message, { ...(error.subject ? {} : { subject: name }), cause: error });
  }
}

/** A link stays one. What is no file, such as a device, must not be replaced by one. */
async function targetOf(path: string): Promise<string> {
  const details = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (details && !details.isFile()) throw new VidraError('USAGE', 'is no file', { subject: path });
  return details ? realpath(path) : path;
}
