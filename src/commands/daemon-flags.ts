/** The flags of `vidra watch` as a daemon, named as those of upstream Vidra. Loaded by every start, so it imports next to nothing. */
import { type Command, InvalidArgumentError, Option } from 'commander';

export interface DaemonOptions {
  readonly leaderElect: boolean;
  readonly shards: number;
  /** `0` for none, as the other address. */
  readonly healthProbeBindAddress: string;
  readonly metricsBindAddress: string;
  readonly metricsSecure: boolean;
  /** Folder of the files. */
  readonly metricsCertPath?: string;
  readonly metricsCertName: string;
  readonly metricsCertKey: string;
}

/** Of the flags for files, what the definitions of a cluster say themselves, each by its name as an attribute. */
const saidByDefinitions = {
  interval: 'spec.interval',
  timeout: 'spec.timeout',
  wait: 'spec.wait',
  adopt: 'spec.adopt',
  prune: 'spec.prune',
  maxDeletions: 'spec.maxDeletions',
  confirm: 'the annotation vidra.infrahub.operators.com/confirm',
} as const;

/** They are for the definitions of a cluster, not for files. */
export function addDaemonFlags(command: Command): Command {
  const options = [
    new Option('--leader-elect [boolean]', 'take turns with others: one works, by a Lease in the namespace of Vidra')
      .argParser(readBoolean)
      .default(false)
      .preset('true'),
    new Option('--shards <number>', 'with --leader-elect: share the definitions with the others, in so many parts')
      .argParser(readShards)
      .default(1),
    new Option('--health-probe-bind-address <address>', 'serve /healthz and /readyz there, as in :8081').default('0'),
    new Option('--metrics-bind-address <address>', 'serve /metrics there, as in :8443').default('0'),
    new Option('--metrics-secure [boolean]', 'by HTTPS, to those who may get /metrics in the cluster')
      .argParser(readBoolean)
      .default(true)
      .preset('true'),
    new Option('--metrics-cert-path <folder>', 'its certificate; one that is signed by itself if not given'),
    new Option('--metrics-cert-name <file>', 'name of the certificate in the folder').default('tls.crt'),
    new Option('--metrics-cert-key <file>', 'name of its key in the folder').default('tls.key'),
  ];
  for (const option of options) command.addOption(option.conflicts('filename'));
  return command.hook('preAction', () => {
    if (command.getOptionValue('filename') !== undefined) return;
    for (const [attribute, place] of Object.entries(saidByDefinitions)) {
      if (command.getOptionValueSource(attribute) !== 'cli') continue;
      const flags = command.options.find((option) => option.attributeName() === attribute)?.flags;
      command.error(`error: option '${flags}' is for files (-f); definitions of a cluster say it by ${place}`);
    }
  });
}

function readBoolean(text: string): boolean {
  if (text !== 'true' && text !== 'false') throw new InvalidArgumentError('Write true or false.');
  return text === 'true';
}

function readShards(text: string): number {
  if (/^[1-9][0-9]{0,2}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Write a number from 1 to 999.');
}
