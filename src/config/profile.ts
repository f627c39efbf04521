/** Profiles: the Infrahubs that a person works with, and how to log in to each. Kept in a file that only its owner may read. */
import { chmodSync, mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { VidraError } from '../errors.ts';

export interface Profile {
  /** Base URL. The credentials are for this server alone. */
  readonly infrahub: string;
  readonly apiKey?: string;
  readonly username?: string;
  readonly password?: string;
  /** Path of a PEM file with a certificate authority to trust. */
  readonly caFile?: string;
}

export interface Profiles {
  /** Name of the profile chosen with `vidra profile use`. */
  readonly current?: string;
  readonly byName: Readonly<Record<string, Profile>>;
}

const fileName = 'profiles';
const nameForm = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/** What is saved in `folder`; nothing saved is no profiles. Throws PROFILE_INVALID when the file cannot be read. */
export async function readProfiles(folder: string): Promise<Profiles> {
  const path = pathIn(folder);
  // Read without the library that writes: it takes long to load, and turns every interruption into an immediate end.
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    // ENOTDIR: a home such as /dev/null, which services have, holds no profiles either.
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw new VidraError('PROFILE_INVALID', `cannot be read (${error.code})`, { subject: path });
  });
  return text === undefined ? { byName: {} } : parseProfiles(text, path);
}

/** Adds a profile, or replaces the one of that name. The first becomes the current one. Throws USAGE for a name that cannot be one. */
export async function setProfile(folder: string, name: string, profile: Profile): Promise<void> {
  if (!nameForm.test(name)) {
    throw new VidraError('USAGE', `"${name}" cannot be a profile's name: use letters, digits, dots, dashes`);
  }
  const { current, byName } = await readProfiles(folder);
  await write(folder, { current: current ?? name, byName: { ...byName, [name]: profile } });
}

/** Makes a profile the current one. Throws PROFILE_UNKNOWN. */
export async function useProfile(folder: string, name: string): Promise<void> {
  const { byName } = await readProfiles(folder);
  if (!Object.hasOwn(byName, name)) throw unknownProfile(name);
  await write(folder, { current: name, byName });
}

/** Forgets a profile and its credentials. Throws PROFILE_UNKNOWN. */
export async function deleteProfile(folder: string, name: string): Promise<void> {
  const { current, byName } = await readProfiles(folder);
  if (!Object.hasOwn(byName, name)) throw unknownProfile(name);
  const { [name]: _, ...rest } = byName;
  await write(folder, { ...(current && current !== name && { current }), byName: rest });
}

/** For whoever names a profile that is not there. */
export function unknownProfile(name: string): VidraError {
  return new VidraError('PROFILE_UNKNOWN', `there is no profile "${name}"`);
}

function pathIn(folder: string): string {
  return join(folder, `${fileName}.json`);
}

/** Errors keep neither the cause nor its text: it may quote the file, and the file holds secrets. */
function parseProfiles(text: string, subject: string): Profiles {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new VidraError('PROFILE_INVALID', 'is not JSON', { subject });
  }
  if (!isProfiles(value)) throw new VidraError('PROFILE_INVALID', 'does not hold profiles', { subject });
  return value;
}

function isProfiles(value: unknown): value is Profiles {
  if (!isRecord(value) || !isRecord(value['byName'])) return false;
  const { current, byName } = value;
  return (current === undefined || typeof current === 'string') && Object.values(byName).every(isProfile);
}

function isProfile(value: unknown): boolean {
  const isText = (field: unknown) => typeof field === 'string';
  return isRecord(value) && isText(value['infrahub']) && Object.values(value).every(isText);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Throws PROFILE_INVALID when the file cannot be written. */
async function write(folder: string, profiles: Profiles): Promise<void> {
  const { default: Conf } = await import('conf');
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chmodSync(folder, 0o700);
    new Conf<Profiles>({ cwd: folder, configName: fileName, configFileMode: 0o600 }).store = profiles;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new VidraError('PROFILE_INVALID', `cannot be written (${code})`, { subject: pathIn(folder) });
  }
}
