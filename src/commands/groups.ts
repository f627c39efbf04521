/** The verbs of `vidra cluster`, `credentials`, `config` and `infrahubsync`. Loaded by every start, so it imports next to nothing. */
import { type Command, InvalidArgumentError } from 'commander';
import { parseDuration } from '../definition/duration.ts';
import type { CredentialsOptions } from './credentials.ts';
import { namespaceName } from './flags.ts';
import {
  addClusterWideFlags,
  addConsentFlag,
  addKeptFlags,
  addSecretFlags,
  alsoKnownAs,
  type ConsentedOptions,
  type GetOptions,
  type KeptOptions,
  type ListOptions,
} from './group-flags.ts';
import type { ConfigOptions } from './operator-config.ts';
import type { SyncOptions, SyncSelection } from './syncs.ts';
import type { Terminal } from './terminal.ts';
import { addOutputFlag } from './view-flags.ts';

/** Makes an action of commander of a verb. */
export type Run = <Options>(
  verb: (options: Options, argument: string | undefined) => Promise<number>,
) => (...given: unknown[]) => Promise<void>;

export function addGroups(program: Command, run: Run, terminal: Terminal): void {
  addClusters(program, run, terminal);
  addCredentials(program, run, terminal);
  addConfig(program, run, terminal);
  addSyncs(program, run, terminal);
}

function addClusters(program: Command, run: Run, terminal: Terminal): void {
  const group = program.command('cluster').description('clusters that definitions name as their destination');
  const load = () => import('./clusters.ts');
  addKeptFlags(group.command('apply').argument('[context]', 'context of the kubeconfig; asked for if not given'))
    .description('keep the kubeconfig of a context in a Secret, or renew it')
    .action(run<KeptOptions>(async (options, name) => (await load()).applyCluster(name, options, terminal)));
  addConsentFlag(addKeptFlags(group.command('delete').argument('<cluster>', 'context, server, or name of the Secret')))
    .description('delete the Secret of a cluster')
    .action(run<ConsentedOptions>(async (options, name) => (await load()).deleteCluster(`${name}`, options, terminal)));
  addSecretFlags(group.command('get').argument('<cluster>', 'context, server, or name of the Secret'))
    .description('print the Secret of a cluster')
    .action(run<GetOptions>(async (options, name) => (await load()).getCluster(`${name}`, options, terminal)));
  addOutputFlag(addKeptFlags(group.command('list')))
    .description('list the clusters')
    .action(run<ListOptions>(async (options) => (await load()).listClusters(options, terminal)));
}

function addCredentials(program: Command, run: Run, terminal: Terminal): void {
  const group = program
    .command('credentials')
    .description('logins to Infrahubs, for the operator and for this program');
  const load = () => import('./credentials.ts');
  const address = 'address of the Infrahub';
  addKeptFlags(group.command('apply').argument('<url>', address))
    .description('keep a login in a Secret, or renew it; what is not given is asked for')
    .option('-u, --username <name>', 'user name')
    .option('-p, --password <password>', 'password; - reads it from standard input')
    .action(
      run<CredentialsOptions>(async (options, url) => (await load()).applyCredentials(`${url}`, options, terminal)),
    );
  addConsentFlag(addKeptFlags(group.command('delete').argument('<url>', address)))
    .description('delete the Secret of a login')
    .action(
      run<ConsentedOptions>(async (options, url) => (await load()).deleteCredentials(`${url}`, options, terminal)),
    );
  addSecretFlags(group.command('get').argument('<url>', address))
    .description('print the Secret of a login')
    .action(run<GetOptions>(async (options, url) => (await load()).getCredentials(`${url}`, options, terminal)));
  addOutputFlag(addKeptFlags(group.command('list')))
    .description('list the logins')
    .action(run<ListOptions>(async (options) => (await load()).listCredentials(options, terminal)));
}

function addConfig(program: Command, run: Run, terminal: Terminal): void {
  const group = program.command('config').description("the operator's settings");
  const load = () => import('./operator-config.ts');
  const apply = addKeptFlags(group.command('apply'))
    .description('change settings, and leave the others as they are')
    .option('-q, --query-name <name>', 'stored query of the Infrahub that finds artifacts')
    .option('-r, --requeue-resource-after <duration>', 'time between two looks at resources, as in 10m', duration)
    .option('-s, --requeue-sync-after <duration>', 'time between two looks at Infrahub, as in 1m', duration)
    .option('-e, --event-based-reconcile', 'act at every change in a cluster')
    .option('--no-event-based-reconcile', 'act only from time to time');
  alsoKnownAs(apply, '--eventBasedReconcile', 'event-based-reconcile').action(
    run<ConfigOptions>(async (options) => (await load()).applyConfig(options, terminal)),
  );
  addConsentFlag(addKeptFlags(group.command('delete')))
    .description('go back to the defaults')
    .action(run<ConsentedOptions>(async (options) => (await load()).deleteConfig(options, terminal)));
  addOutputFlag(addKeptFlags(group.command('get')))
    .description('print the settings')
    .action(run<ListOptions>(async (options) => (await load()).getConfig(options, terminal)));
  addOutputFlag(addKeptFlags(group.command('list')))
    .description('list the ConfigMaps with settings')
    .action(run<ListOptions>(async (options) => (await load()).listConfigs(options, terminal)));
}

function addSyncs(program: Command, run: Run, terminal: Terminal): void {
  const group = program.command('infrahubsync').description('InfrahubSyncs in the cluster, for its operator');
  const load = () => import('./syncs.ts');
  const argument = 'address of the Infrahub, or the name of the InfrahubSync';
  const apply = addSelection(addClusterWideFlags(group.command('apply').argument('<url>', 'address of the Infrahub')))
    .description('make an InfrahubSync, or change it')
    .option('-E, --name <name>', 'its name; made of the other flags if not given')
    .option('-s, --server <url>', 'API server of the cluster that the objects go to; this one if not given')
    .option('-N, --destination-namespace <name>', 'for objects that name no namespace', namespaceName)
    .option('-e, --reconcile-on-events', 'reconcile at every change in the cluster');
  alsoKnownAs(apply, '--destinationNamespace <name>', 'destination-namespace');
  alsoKnownAs(apply, '--reconcileOnEvent', 'reconcile-on-events').action(
    run<SyncOptions>(async (options, url) => (await load()).applySync(`${url}`, options, terminal)),
  );
  addNameFlag(addSelection(addConsentFlag(addClusterWideFlags(group.command('delete').argument('<url>', argument)))))
    .description('delete an InfrahubSync, and with it what its operator keeps for it')
    .action(
      run<SyncSelection & ConsentedOptions>(async (options, url) =>
        (await load()).deleteSync(`${url}`, options, terminal),
      ),
    );
  addNameFlag(addSelection(addOutputFlag(addClusterWideFlags(group.command('get').argument('<url>', argument)))))
    .description('print an InfrahubSync')
    .action(
      run<SyncSelection & ListOptions>(async (options, url) => (await load()).getSync(`${url}`, options, terminal)),
    );
  addOutputFlag(addClusterWideFlags(group.command('list')))
    .description('list the InfrahubSyncs')
    .action(run<ListOptions>(async (options) => (await load()).listSyncs(options, terminal)));
}

/** Upstream calls it -N here and -E where a sync is made; both are taken. */
function addNameFlag(command: Command): Command {
  return alsoKnownAs(command.option('-N, --name <name>', 'its name'), '-E <name>', 'name');
}

/** What an InfrahubSync reads; upstream's names for it, too. */
function addSelection(command: Command): Command {
  command
    .option('-a, --artifact <name>', 'name of the artifacts')
    .option('-b, --branch <name>', 'branch of the Infrahub (when it is made: main)')
    .option('-d, --date <date>', 'time to read the Infrahub at, as in 2026-11-22T12:00:00Z or now-2h');
  alsoKnownAs(command, '--artifactName <name>', 'artifact');
  alsoKnownAs(command, '--targetBranche <name>', 'branch');
  return alsoKnownAs(command, '--targetDate <date>', 'date');
}

/** As it is written. Throws InvalidArgumentError. */
function duration(text: string): string {
  // Upstream takes a negative one, and ignores it.
  if (parseDuration(text.replace(/^-/, '')) !== undefined) return text;
  throw new InvalidArgumentError('Write 90s, 5m or 1h30m.');
}
