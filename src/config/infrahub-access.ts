/** Which credentials go to which Infrahub. A credential never goes to another server than the one it was given for. */
import { VidraError } from '../errors.ts';
import type { InfrahubCredentials } from '../source/infrahub-session.ts';
import type { Environment } from './environment.ts';
import type { Profile, Profiles } from './profile.ts';

export interface InfrahubAccess {
  readonly credentials: InfrahubCredentials;
  /** For people: where the credentials come from. */
  readonly origin: string;
}

/** What decides about access, read once. */
export interface AccessSettings {
  readonly environment: Environment;
  readonly profiles: Profiles;
  /** The profile named by flag or variable, one of `profiles`. Only this one counts then. */
  readonly profile?: string;
}

/** From the environment, else from a profile; nothing when neither is meant for `url`. Throws USAGE. */
export function accessTo(url: string, settings: AccessSettings): InfrahubAccess | undefined {
  return fromEnvironment(url, settings.environment) ?? fromProfile(url, settings);
}

/** Path of the file with the certificate authority to trust for `url`. */
export function caFileFor(url: string, settings: AccessSettings): string | undefined {
  return settings.environment['INFRAHUB_CA_FILE'] || profileFor(url, settings)?.profile.caFile;
}

/** Whether two URLs name one server: the same scheme, host and port. */
export function isSameServer(one: string, other: string): boolean {
  return URL.canParse(one) && URL.canParse(other) && new URL(one).origin === new URL(other).origin;
}

function fromEnvironment(url: string, environment: Environment): InfrahubAccess | undefined {
  const address = environment['INFRAHUB_ADDRESS'];
  if (address && !isSameServer(address, url)) return undefined;
  const apiKey = environment['INFRAHUB_API_TOKEN'] || environment['INFRAHUB_API_KEY'];
  const credentials = credentialsOf({
    ...(apiKey && { apiKey }),
    ...withValue('username', environment['INFRAHUB_USERNAME']),
    ...withValue('password', environment['INFRAHUB_PASSWORD']),
  });
  if (credentials === 'incomplete') {
    throw new VidraError('USAGE', 'INFRAHUB_USERNAME and INFRAHUB_PASSWORD must be set together');
  }
  return credentials && { credentials, origin: 'the environment' };
}

function fromProfile(url: string, settings: AccessSettings): InfrahubAccess | undefined {
  const found = profileFor(url, settings);
  const credentials = found && credentialsOf(found.profile);
  if (!credentials || credentials === 'incomplete') return undefined;
  return { credentials, origin: `the profile ${found.name}` };
}

function profileFor(url: string, settings: AccessSettings): { name: string; profile: Profile } | undefined {
  const { byName, current } = settings.profiles;
  const others = current ? [current, ...Object.keys(byName).sort()] : Object.keys(byName).sort();
  for (const name of settings.profile === undefined ? others : [settings.profile]) {
    const profile = byName[name];
    if (profile && isSameServer(profile.infrahub, url)) return { name, profile };
  }
  return undefined;
}

function credentialsOf(given: Omit<Profile, 'infrahub'>): InfrahubCredentials | 'incomplete' | undefined {
  if (given.apiKey) return { kind: 'apiKey', apiKey: given.apiKey };
  if (!given.username && !given.password) return undefined;
  if (!given.username || !given.password) return 'incomplete';
  return { kind: 'password', username: given.username, password: given.password };
}

function withValue<Name extends string>(name: Name, value: string | undefined): { [key in Name]?: string } {
  return value ? ({ [name]: value } as { [key in Name]: string }) : {};
}
