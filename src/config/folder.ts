/** Where a workstation keeps what Vidra remembers between runs. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from './environment.ts';

/** Absolute path of the folder for profiles. It may not exist yet. */
export function configFolder(environment: Environment): string {
  return folder(environment['XDG_CONFIG_HOME'] || environment['APPDATA'], environment, '.config');
}

/** Absolute path of the folder for what can be fetched again. It may not exist yet. */
export function cacheFolder(environment: Environment): string {
  return folder(environment['XDG_CACHE_HOME'] || environment['LOCALAPPDATA'], environment, '.cache');
}

function folder(base: string | undefined, environment: Environment, fallback: string): string {
  return join(base || join(environment['HOME'] || homedir(), fallback), 'vidra');
}
