/** Profiles: the Infrahubs that a person works with, and how to log in to each. Kept in a file that only its owner may read. */
import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type Conf from 'conf';
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
const text = { type: 'string' } as const;
const profileSchema = {
  type: 'object',
  required: ['infrahub'],
  properties: { infrahub: text, apiKey: text, username: text, password: text, caFile: text },
} as const;
const nameForm = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/** What is saved in `folder`; nothing saved is no profiles. Throws PROFILE_INVALID when the file cannot be read. */
export async function readProfiles(folder: string): Promise<Profiles> {
  // Loading the library costs more than the rest of a start, and most machines have no profile.
  if (!existsSync(pathIn(folder))) return { byName: {} };
  return profilesOf(await open(folder));
}

/** Adds a profile, or replaces the one of that name. The first becomes the current one. Throws USAGE for a name that cannot be one. */
export async function setProfile(folder: string, name: string, profile: Profile): Promise<void> {
  if (!nameForm.test(name)) {
    throw new VidraError('USAGE', `"${name}" cannot be a profile's name: use letters, digits, dots, dashes`);
  }
  const store = await open(folder);
  const { current, byName } = profilesOf(store);
  store.store = { current: current ?? name, byName: { ...byName, [name]: profile } };
}

/** Makes a profile the current one. Throws PROFILE_UNKNOWN. */
export async function useProfile(folder: string, name: string): Promise<void> {
  const { byName } = await readProfiles(folder);
  if (!Object.hasOwn(byName, name)) throw unknownProfile(name);
  (await open(folder)).store = { current: name, byName };
}

/** Forgets a profile and its credentials. Throws PROFILE_UNKNOWN. */
export async function deleteProfile(folder: string, name: string): Promise<void> {
  const { current, byName } = await readProfiles(folder);
  if (!Object.hasOwn(byName, name)) throw unknownProfile(name);
  const { [name]: _, ...rest } = byName;
  (await open(folder)).store = { ...(current && current !== name && { current }), byName: rest };
}

/** For whoever names a profile that is not there. */
export function unknownProfile(name: string): VidraError {
  return new VidraError('PROFILE_UNKNOWN', `there is no profile "${name}"`);
}

type Store = Conf<Profiles>;

function pathIn(folder: string): string {
  return join(folder, `${fileName}.json`);
}

function profilesOf(store: Store): Profiles {
  const { current, byName } = store.store;
  return { ...(current && { current }), byName: byName ?? {} };
}

async function open(folder: string): Promise<Store> {
  const { default: Conf } = await import('conf');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  try {
    return new Conf<Profiles>({
      cwd: folder,
      configName: fileName,
      configFileMode: 0o600,
      accessPropertiesByDotNotation: false,
      rootSchema: { additionalProperties: false },
      schema: {
        current: { type: 'string' },
        byName: { type: 'object', additionalProperties: profileSchema },
      },
    });
  } catch (cause) {
    // Neither the cause nor its text is kept: it may quote the file, and the file holds secrets.
    const message = cause instanceof SyntaxError ? 'is not JSON' : 'does not hold profiles, or cannot be read';
    throw new VidraError('PROFILE_INVALID', message, { subject: pathIn(folder) });
  }
}
