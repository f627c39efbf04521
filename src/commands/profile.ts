/** `vidra profile`: remembers Infrahubs and how to log in to them. Secrets are asked for or piped in, and never shown. */
import { configFolder } from '../config/folder.ts';
import { infrahubUrl } from '../config/infrahub-address.ts';
import { deleteProfile, type Profile, type Profiles, readProfiles, setProfile, useProfile } from '../config/profile.ts';
import { VidraError } from '../errors.ts';
import { ask, askSecret, givenSecret } from './ask.ts';
import { printText } from './print.ts';
import { type ExitStatus, isInteractive, type Terminal } from './terminal.ts';

export interface ProfileSetOptions {
  readonly infrahub: string;
  readonly apiKey?: string;
  readonly username?: string;
  readonly password?: string;
  readonly caFile?: string;
}

export async function profileSet(name: string, options: ProfileSetOptions, terminal: Terminal): Promise<ExitStatus> {
  const infrahub = infrahubUrl(options.infrahub, '--infrahub');
  const { caFile } = options;
  const credentials = await credentialsOf(options, terminal);
  await setProfile(configFolder(terminal.environment), name, { infrahub, ...credentials, ...(caFile && { caFile }) });
  printText([`Saved profile ${name} for ${infrahub} (${loginOf(credentials)}).`], terminal);
  return 0;
}

export async function profileList(terminal: Terminal): Promise<ExitStatus> {
  const profiles = await readProfiles(configFolder(terminal.environment));
  printText(profileLines(profiles), terminal);
  return 0;
}

export async function profileUse(name: string, terminal: Terminal): Promise<ExitStatus> {
  await useProfile(configFolder(terminal.environment), name);
  printText([`Profile ${name} is the current one.`], terminal);
  return 0;
}

export async function profileDelete(name: string, terminal: Terminal): Promise<ExitStatus> {
  await deleteProfile(configFolder(terminal.environment), name);
  printText([`Deleted profile ${name}.`], terminal);
  return 0;
}

/** One line per profile, sorted; a star marks the current one. */
export function profileLines({ byName, current }: Profiles): string[] {
  const names = Object.keys(byName).sort();
  const width = Math.max(0, ...names.map((name) => name.length));
  return names.map((name) => {
    const profile = byName[name] as Profile;
    return `${name === current ? '*' : ' '} ${name.padEnd(width)}  ${profile.infrahub}  ${loginOf(profile)}`;
  });
}

type Credentials = Pick<Profile, 'apiKey' | 'username' | 'password'>;

function loginOf(credentials: Credentials): string {
  if (credentials.apiKey) return 'API key';
  return credentials.username ? `user ${credentials.username}` : 'no credentials';
}

async function credentialsOf(options: ProfileSetOptions, terminal: Terminal): Promise<Credentials> {
  if (options.apiKey !== undefined && (options.username !== undefined || options.password !== undefined)) {
    throw new VidraError('USAGE', 'give either --api-key, or --username and --password');
  }
  if (options.apiKey !== undefined) return { apiKey: await givenSecret('--api-key', options.apiKey, terminal) };
  if (options.password !== undefined && options.username === undefined) {
    throw new VidraError('USAGE', '--password needs --username');
  }
  if (options.username === undefined) return isInteractive(terminal) ? askCredentials(terminal) : {};
  const given = options.password;
  if (given === undefined && !isInteractive(terminal)) {
    throw new VidraError('USAGE', '--username needs a password: pipe it in with --password -');
  }
  const password =
    given === undefined ? await askSecret('Password: ', terminal) : await givenSecret('--password', given, terminal);
  return { username: options.username, password };
}

async function askCredentials(terminal: Terminal): Promise<Credentials> {
  const apiKey = (await askSecret('API key (leave empty for a user name and password): ', terminal)).trim();
  if (apiKey !== '') return { apiKey };
  const username = (await ask('User name (leave empty for none): ', terminal)).trim();
  return username === '' ? {} : { username, password: await askSecret('Password: ', terminal) };
}
