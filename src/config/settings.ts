/** One merge of everything that can be set: flags before environment before profile before defaults. Pure. */
import { VidraError } from '../errors.ts';
import type { Environment } from './environment.ts';
import type { AccessSettings } from './infrahub-access.ts';
import { isNamespaceName } from './namespace-name.ts';
import { type Profiles, unknownProfile } from './profile.ts';

/** What the user typed; nothing for what was not typed. */
export interface GivenFlags {
  readonly set?: string | undefined;
  readonly context?: string | undefined;
  readonly kubeconfig?: string | undefined;
  readonly namespace?: string | undefined;
  readonly profile?: string | undefined;
}

export interface Settings {
  /** Name of the set that the definitions belong to. */
  readonly set: string;
  /** Context of the kubeconfig; the current one when absent. */
  readonly context: string | undefined;
  /** Path of the kubeconfig; when absent, the variable KUBECONFIG and the usual places decide. */
  readonly kubeconfig: string | undefined;
  /** For objects that name none, where their definition names none either. */
  readonly namespace: string;
  /** Vidra's own namespace, where its records are kept. */
  readonly recordNamespace: string;
  /** Where Secrets and ConfigMaps count that are found by a label: Vidra's own first, then those that somebody named; `*` is all. */
  readonly secretNamespaces: readonly string[];
  readonly access: AccessSettings;
}

/** Empty text counts as not set. Throws PROFILE_UNKNOWN, or USAGE for a namespace that cannot be one. */
export function mergeSettings(flags: GivenFlags, environment: Environment, profiles: Profiles): Settings {
  const profile = flags.profile || environment['VIDRA_PROFILE'];
  if (profile && !Object.hasOwn(profiles.byName, profile)) throw unknownProfile(profile);
  const recordNamespace = environment['VIDRA_NAMESPACE'] || 'vidra-system';
  mustBeNamespace('VIDRA_NAMESPACE', recordNamespace);
  return {
    set: flags.set || 'default',
    context: flags.context || undefined,
    kubeconfig: flags.kubeconfig || undefined,
    namespace: flags.namespace || 'default',
    recordNamespace,
    secretNamespaces: [...new Set([recordNamespace, ...secretNamespaces(environment)])],
    access: { environment, profiles, ...(profile && { profile }) },
  };
}

function secretNamespaces(environment: Environment): string[] {
  const variable = 'VIDRA_SECRET_NAMESPACES';
  const names = (environment[variable] ?? '').split(/[\s,]+/).filter((name) => name !== '');
  for (const name of names) if (name !== '*') mustBeNamespace(variable, name);
  return names;
}

function mustBeNamespace(variable: string, name: string): void {
  if (isNamespaceName(name)) return;
  const message = `${variable} cannot be ${JSON.stringify(name)}: use small letters, digits and dashes`;
  throw new VidraError('USAGE', message);
}
