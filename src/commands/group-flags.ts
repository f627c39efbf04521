/** The flags of `vidra cluster`, `credentials`, `config` and `infrahubsync`. Loaded by every start, so it imports next to nothing. */
import type { EventEmitter } from 'node:events';
import { type Command, Option } from 'commander';
import { addClusterFlags, type ClusterOptions, namespaceName } from './flags.ts';
import { addOutputFlag, type OutputFormat } from './view-flags.ts';

export interface KeptOptions extends ClusterOptions {
  readonly namespace?: string;
}

export interface ConsentedOptions extends KeptOptions {
  readonly yes?: boolean;
}

export interface ListOptions extends KeptOptions {
  readonly output: OutputFormat;
}

export interface GetOptions extends ListOptions {
  readonly showSecrets?: boolean;
}

export function addKeptFlags(command: Command): Command {
  return addClusterFlags(command).option(
    '-n, --namespace <name>',
    'namespace to look in; if not given, vidra-system (VIDRA_NAMESPACE) and those of VIDRA_SECRET_NAMESPACES',
    namespaceName,
  );
}

/** For kinds without a namespace: the flag is taken, as upstream's CLI does, and means nothing. */
export function addClusterWideFlags(command: Command): Command {
  return addClusterFlags(command).addOption(new Option('-n, --namespace <name>').hideHelp());
}

export function addConsentFlag(command: Command): Command {
  return command.option('-y, --yes', 'do not ask');
}

export function addSecretFlags(command: Command): Command {
  return addOutputFlag(addKeptFlags(command)).option('--show-secrets', 'print what is secret, too');
}

/** Also takes a flag as upstream's CLI writes it, such as `--targetBranche <branch>` for `branch`. */
export function alsoKnownAs(command: Command, upstream: string, name: string): Command {
  const option = new Option(upstream).hideHelp();
  // A Command is an emitter, which its types do not tell of entirely.
  const emitter = command as unknown as EventEmitter;
  return command
    .addOption(option)
    .on(`option:${option.name()}`, (value: string) => void emitter.emit(`option:${name}`, value));
}
